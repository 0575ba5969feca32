"""Records what slots show to users, without ever making an answer wait.

Notes go into a queue in memory. A task of its own hands them over in batches; while it
cannot, the queue fills, and what does not fit is counted and forgotten.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from recotem_contracts.exposures import (
    BATCH_SIZE,
    FILE_SUFFIX,
    MOST_BATCHES,
    REDIS_KEY,
    Exposure,
    ExposureBatch,
)

QUEUE_SIZE = 20_000
_PAUSE_SECONDS = 1.0
_LAST_SECONDS = 2.0

log = structlog.get_logger(__name__)

type _Note = tuple[int, int, float, str | None, str | None, list[str]]


class NoRoom(Exception):
    """Too many batches wait for a worker."""


class Sink(Protocol):
    """Takes batches over."""

    async def put(self, batch: ExposureBatch) -> None:
        """Raises NoRoom, RedisError or OSError; then the batch may come again."""


class RedisSink:
    """At the end of a list."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def put(self, batch: ExposureBatch) -> None:
        if await self._redis.llen(REDIS_KEY) >= MOST_BATCHES:
            raise NoRoom
        await self._redis.rpush(REDIS_KEY, batch.model_dump_json())


class FolderSink:
    """Each in a file, complete once it has its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, batch: ExposureBatch) -> None:
        await asyncio.to_thread(self._write, batch)

    def _write(self, batch: ExposureBatch) -> None:
        if sum(1 for _ in self._folder.iterdir()) >= MOST_BATCHES:
            raise NoRoom
        draft = self._folder / f"{batch.id}.new"
        draft.write_text(batch.model_dump_json(), encoding="utf-8")
        draft.rename(draft.with_suffix(FILE_SUFFIX))


class Recorder:
    """Without a sink it records nothing."""

    def __init__(self, sink: Sink | None) -> None:
        self._sink = sink
        self._notes: deque[_Note] = deque()
        self._batch: ExposureBatch | None = None
        self._failed = False
        self.dropped = 0

    def note(
        self,
        project: int,
        slot: int,
        user_id: str | None = None,
        request_id: str | None = None,
        items: list[str] | None = None,
    ) -> None:
        """An answer of a slot; without a user, to one unknown to its model."""
        if self._sink is None:
            return
        if len(self._notes) >= QUEUE_SIZE:
            self.dropped += 1
            return
        note = (project, slot, time.time(), user_id, request_id, items or [])
        self._notes.append(note)

    async def run(self) -> None:
        """Hands over until it is cancelled; what fails is tried again."""
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            try:
                await self._hand_over()
            except (NoRoom, RedisError, OSError) as error:
                if not self._failed:
                    log.warning("exposures_wait", reason=repr(error))
                self._failed = True
            except Exception:  # the loop must outlive any surprise
                log.exception("exposures_lost")
                self.dropped += len(self._batch.exposures) if self._batch else 0
                self._batch = None
            else:
                self._failed = False

    async def close(self) -> None:
        """Hands over what is left, if that is quickly done."""
        with suppress(NoRoom, RedisError, OSError, TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                await self._hand_over()

    async def _hand_over(self) -> None:
        """A batch stays in hand, with its id, until the sink has it."""
        while self._sink and (self._batch or self._notes):
            self._batch = self._batch or self._next()
            await self._sink.put(self._batch)
            self._batch = None

    def _next(self) -> ExposureBatch:
        n = min(len(self._notes), BATCH_SIZE)
        notes = [self._notes.popleft() for _ in range(n)]
        return ExposureBatch(id=uuid4(), exposures=[_exposure(note) for note in notes])


def _exposure(note: _Note) -> Exposure:
    project, slot, at, user_id, request_id, items = note
    return Exposure.model_validate(
        {
            "project": project,
            "slot": slot,
            "time": datetime.fromtimestamp(at, UTC),
            "user_id": user_id,
            "request_id": request_id,
            "items": items,
        }
    )
