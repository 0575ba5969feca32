"""Where batches of exposures wait: what is at the door, and how to take it away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

import redis
from django.conf import settings

from recotem_contracts.exposures import FILE_SUFFIX, REDIS_KEY


class Source(Protocol):
    def oldest(self, n: int) -> list[bytes]:
        """At most n batches, which stay where they are."""

    def remove(self, batch: bytes) -> None:
        """Take away one that `oldest` gave; nothing if it is gone already."""


class RedisSource:
    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def oldest(self, n: int) -> list[bytes]:
        return cast("list[bytes]", self._client.lrange(REDIS_KEY, 0, n - 1))

    def remove(self, batch: bytes) -> None:
        self._client.lrem(REDIS_KEY, 1, cast("str", batch))


class FolderSource:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[bytes, Path] = {}

    def oldest(self, n: int) -> list[bytes]:
        complete = self._folder.glob(f"*{FILE_SUFFIX}")
        files = sorted(complete, key=lambda file: file.stat().st_mtime)[:n]
        self._files = {file.read_bytes(): file for file in files}
        return list(self._files)

    def remove(self, batch: bytes) -> None:
        self._files.pop(batch).unlink(missing_ok=True)


@contextmanager
def exposure_source() -> Iterator[Source | None]:
    """None where nothing is recorded."""
    if settings.MODEL_EVENTS_REDIS_URL:
        with redis.Redis.from_url(
            settings.MODEL_EVENTS_REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        ) as client:
            yield RedisSource(client)
    elif settings.EXPOSURES_DIR:
        yield FolderSource(Path(settings.EXPOSURES_DIR))
    else:
        yield None
