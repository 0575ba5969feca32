"""The parts of the service, put together, started and stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from threadpoolctl import threadpool_limits

from inference.artifacts import ModelFiles
from inference.auth import Authenticator
from inference.config import Settings
from inference.database import Database
from inference.directory import Directory
from inference.downloads import downloader
from inference.exposures import FolderSink, Recorder, RedisSink, Sink
from inference.hot_swap import Listener, Watcher
from inference.metrics import Metrics
from inference.model_loader import ModelRegistry
from inference.rate_limit import RateLimiter, RedisShares
from inference.recommend import Recommendations
from inference.rows import KeyRow
from recotem_contracts.file_cache import FileCache
from recotem_engine.signing import SigningKeys

_REDIS_SECONDS = 0.5


class Service:
    """Everything a request needs. Runs inside `running()` only."""

    def __init__(self, settings: Settings) -> None:
        keys = SigningKeys.from_settings(
            settings.recotem_model_signing_keys, settings.secret_key
        )
        self.database = Database(settings.database_url)
        self.directory = Directory(self.database)
        files = _model_files(settings, keys)
        self.registry = ModelRegistry(files, settings.inference_max_loaded_models)
        self.metrics = Metrics()
        self.watcher = Watcher(
            self.database,
            self.directory,
            self.registry,
            settings.inference_preload_model_ids,
        )
        self._authenticator = Authenticator(self.database, self.directory)
        self._redis = _redis(settings.model_events_redis_url)
        self.listener = Listener(self._redis, self.watcher) if self._redis else None
        self.recorder = Recorder(_sink(settings, self._redis))
        self.recommendations = Recommendations(
            self.directory, self.registry, self.recorder
        )
        self._limiter = RateLimiter(
            settings.inference_rate_limit,
            RedisShares(self._redis) if self._redis else None,
        )

    async def admit(self, key: str) -> KeyRow:
        """The caller, counted once its key is known to be good.

        Raises NotAuthenticated, InvalidApiKey, ScopeMissing, RateLimited.
        """
        caller = await self._authenticator.caller(key)
        await self._limiter.count(caller.id)
        return caller

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks at the database once, then keeps looking until left."""
        async with AsyncExitStack() as stack:
            stack.enter_context(threadpool_limits(1, user_api="blas"))
            stack.push_async_callback(self._close)
            await self.watcher.look()
            loops = [self.watcher.run(), self.recorder.run()]
            if self.listener:
                loops.append(self.listener.run())
            for loop in loops:
                stack.push_async_callback(_cancel, asyncio.create_task(loop))
            yield

    async def _close(self) -> None:
        await self.watcher.close()
        await self.recorder.close()
        self._authenticator.close()
        self.recommendations.close()
        self.registry.close()
        self.database.close()
        if self._redis:
            await self._redis.aclose()


def _model_files(settings: Settings, keys: SigningKeys) -> ModelFiles:
    if settings.object_storage is None:
        return ModelFiles(settings.media_root, keys)
    folder = settings.media_root / "cache"
    fetch = downloader(settings.object_storage)
    cache = FileCache(folder, settings.recotem_cache_bytes, fetch)
    return ModelFiles(folder, keys, cache)


def _sink(settings: Settings, redis: Redis | None) -> Sink | None:
    if redis:
        return RedisSink(redis)
    folder = settings.recotem_exposures_dir
    return FolderSink(folder) if folder else None


def _redis(url: str) -> Redis | None:
    """A client that fails fast: nobody waits long for an optional helper."""
    if not url:
        return None
    return Redis.from_url(
        url,
        socket_timeout=_REDIS_SECONDS,
        socket_connect_timeout=_REDIS_SECONDS,
        health_check_interval=10,
        retry=Retry(NoBackoff(), 0),
    )


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
