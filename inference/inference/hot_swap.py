"""Keeps the view of the database current, so changes are served within a second.

The revision row is asked every second; a message on the Redis channel only makes the
next look come at once. Without Redis, or while it is away, nothing is lost.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import Connection

from inference.database import Database
from inference.directory import Directory, View
from inference.errors import Unavailable
from inference.model_loader import ModelRegistry
from inference.queries import active_slots, models_by_id, serving_revision
from inference.rows import ModelRow, ProjectSlots
from recotem_contracts.model_events import CHANNEL

POLL_SECONDS = 1.0
_FRESH_SECONDS = 10.0
_WARM_SECONDS = 10.0

log = structlog.get_logger(__name__)

type _Slots = Mapping[int, ProjectSlots]


class Watcher:
    """Looks at the revision row and, when it changed, reads what is served anew."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        registry: ModelRegistry,
        preload: tuple[int, ...] = (),
    ) -> None:
        self._database = database
        self._directory = directory
        self._registry = registry
        self._preload = preload
        self._bell = asyncio.Event()
        self._looked_at: float | None = None
        self._failed = False
        self._swap: asyncio.Task[None] | None = None

    @property
    def age_seconds(self) -> float | None:
        """Time since the last look that succeeded."""
        return None if self._looked_at is None else time.monotonic() - self._looked_at

    @property
    def is_current(self) -> bool:
        """Whether the database answers and this loop is alive."""
        age = self.age_seconds
        return not self._failed and age is not None and age < _FRESH_SECONDS

    def wake(self) -> None:
        """Look at once instead of at the next second."""
        self._bell.set()

    async def run(self) -> None:
        """Looks until it is cancelled; a look that fails is repeated."""
        while True:
            self._bell.clear()
            await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), POLL_SECONDS)

    async def look(self) -> None:
        """Compare the revision, adopt what changed, check the files of models."""
        try:
            revision = await self._database.read(serving_revision)
            if revision != self._directory.revision:
                await self._adopt(revision)
            await self._registry.drop_changed()
        except Unavailable as error:
            self._note_failure(str(error.__cause__))
        except Exception as error:  # the loop must outlive any surprise
            log.exception("look_failed")
            self._note_failure(str(error))
        else:
            self._failed, self._looked_at = False, time.monotonic()

    def _note_failure(self, reason: str) -> None:
        if not self._failed:
            log.error("database_unavailable", reason=reason)
        self._failed = True

    async def _adopt(self, revision: int) -> None:
        """Rows are read after the revision, so they are at least as new."""
        is_first = self._directory.revision is None
        loaded = self._registry.ids
        slots, rows = await self._database.read(
            lambda connection: _served(connection, loaded)
        )
        for model_id in loaded:
            if model_id not in rows or not rows[model_id].is_ready:
                self._registry.forget(model_id)
        old = {} if is_first else self._directory.view.slots
        view = View(revision, slots | self._held_over(old, slots))
        for row in rows.values():
            view.models.put(row.id, row)
        self._directory.publish(view)
        self._begin_swap(view, slots)
        if is_first:
            await self._load_first()

    def _held_over(self, old: _Slots, new: _Slots) -> dict[int, ProjectSlots]:
        """Slots that serve on until the models of their successors are loaded."""
        return {
            project: slots
            for project, slots in old.items()
            if project in new
            and any(self._is_cold(slot.model) for slot in new[project].slots.values())
            and all(slot.model.id in self._registry for slot in slots.slots.values())
        }

    def _is_cold(self, row: ModelRow) -> bool:
        return row.is_ready and row.id not in self._registry

    def _begin_swap(self, view: View, slots: dict[int, ProjectSlots]) -> None:
        if self._swap:
            self._swap.cancel()
        if view.slots == slots:
            self._registry.pin(_models(slots))
        else:
            self._swap = asyncio.create_task(self._swap_when_warm(view, slots))

    async def _swap_when_warm(self, view: View, slots: dict[int, ProjectSlots]) -> None:
        self._registry.pin(_models(slots) | _models(view.slots))
        changed = [new for key, new in slots.items() if view.slots[key] != new]
        rows = [slot.model for new in changed for slot in new.slots.values()]
        await self._registry.warm(filter(self._is_cold, rows), _WARM_SECONDS)
        view.slots = slots
        self._registry.pin(_models(slots))

    async def _load_first(self) -> None:
        rows = await self._database.read(models_by_id(self._preload))
        ready = [row for row in rows.values() if row.is_ready]
        await self._registry.warm(ready, _WARM_SECONDS)

    async def close(self) -> None:
        if self._swap:
            self._swap.cancel()
            await asyncio.wait([self._swap])


def _served(
    connection: Connection, loaded: list[int]
) -> tuple[dict[int, ProjectSlots], dict[int, ModelRow]]:
    slots = active_slots(connection)
    rows = models_by_id(loaded)(connection)
    for project in slots.values():
        rows.update((slot.model.id, slot.model) for slot in project.slots.values())
    return slots, rows


def _models(slots: _Slots) -> set[int]:
    return {slot.model.id for p in slots.values() for slot in p.slots.values()}


class Listener:
    """Hears the channel and wakes the watcher; connects again when Redis was away."""

    _FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0

    def __init__(self, redis: Redis, watcher: Watcher) -> None:
        self._redis = redis
        self._watcher = watcher
        self.is_connected = False

    @property
    def state(self) -> str:
        return "connected" if self.is_connected else "disconnected"

    async def run(self) -> None:
        """Listens until it is cancelled."""
        pause = self._FIRST_PAUSE
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if self.is_connected:
                    log.warning("redis_lost", reason=str(error))
                    pause = self._FIRST_PAUSE
            self.is_connected = False
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._LONGEST_PAUSE)

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            self.is_connected = True
            self._watcher.wake()  # for what was said while nobody listened
            while True:
                message = await channel.get_message(timeout=5.0)
                if message is not None:
                    self._watcher.wake()
