"""How many requests a key may make in a window of time.

A replica takes requests out of the common window in small portions, so Redis is asked
a few dozen times per window and key, not once per request, and all replicas together
never exceed the limit. Without Redis each replica counts for itself.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Protocol, Self

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from inference.errors import RateLimited

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_PORTIONS = 50
_PAUSE_SECONDS = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`count` requests in windows of `seconds`."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `100/minute`. Raises ValueError with a sentence for anything else."""
        count, _, unit = text.partition("/")
        if not (count.isdecimal() and int(count)) or unit not in _UNITS:
            raise ValueError(f"write it as 100/minute, with one of {', '.join(_UNITS)}")
        return cls(int(count), _UNITS[unit])

    @property
    def portion(self) -> int:
        return max(1, self.count // _PORTIONS)


class Shares(Protocol):
    """Where replicas get their portions."""

    async def take(self, key_id: int, window: int, limit: RateLimit) -> int:
        """How many requests of the window the replica may serve next; 0: no more."""


@dataclass(slots=True)
class _Window:
    number: int
    left: int = 0
    is_used_up: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class RateLimiter:
    """Counts per key, in windows that begin at multiples of their length."""

    def __init__(
        self,
        limit: RateLimit,
        shares: Shares | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limit = limit
        self._shares = shares
        self._clock = clock
        self._windows: dict[int, _Window] = {}

    async def count(self, key_id: int) -> None:
        """One more request of this key. Raises RateLimited with the time to wait."""
        now = self._clock()
        number = int(now // self._limit.seconds)
        window = self._windows.get(key_id)
        if window is None or window.number != number:
            window = self._windows[key_id] = _Window(number)
        while not window.left and not window.is_used_up:
            await self._refill(key_id, window)
        if not window.left:
            end = (number + 1) * self._limit.seconds
            raise RateLimited(retry_after=ceil(end - now))
        window.left -= 1

    async def _refill(self, key_id: int, window: _Window) -> None:
        async with window.lock:
            if window.left or window.is_used_up:
                return
            portion = await self._portion(key_id, window.number)
            window.left = self._limit.count if portion is None else portion
            window.is_used_up = not portion

    async def _portion(self, key_id: int, number: int) -> int | None:
        """None when nobody else is to be asked."""
        if self._shares is None:
            return None
        try:
            return await self._shares.take(key_id, number, self._limit)
        except (RedisError, OSError) as error:
            log.warning("rate_limit_not_shared", reason=str(error))
            return None


class RedisShares:
    """Portions of a window that is counted in Redis.

    After a failure Redis is left alone for some seconds: requests do not wait for it.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._paused_until = 0.0

    async def take(self, key_id: int, window: int, limit: RateLimit) -> int:
        if time.monotonic() < self._paused_until:
            raise RedisError("Redis did not answer a moment ago")
        try:
            before = await self._add(f"{key_id}:{limit.seconds}:{window}", limit)
        except (RedisError, OSError):
            self._paused_until = time.monotonic() + _PAUSE_SECONDS
            raise
        return max(0, min(limit.portion, limit.count - before))

    async def _add(self, window: str, limit: RateLimit) -> int:
        """Books a portion; how many requests were booked before."""
        name = f"recotem:rate:{window}"
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.incrby(name, limit.portion)
            pipeline.expire(name, 2 * limit.seconds)
            total, _ = await pipeline.execute()
        return int(total) - limit.portion
