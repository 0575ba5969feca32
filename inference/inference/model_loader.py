"""The models in memory: loaded once, replaced late, the least used ones let go."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import structlog

from inference.artifacts import ModelFiles, Stamp
from inference.errors import ModelNotReady
from inference.rows import ModelRow
from inference.scoring_cost import work_per_user
from recotem_engine.recommender import Recommender

_LOADERS = 2

log = structlog.get_logger(__name__)

type _Version = tuple[int, str | None, datetime]


@dataclass(slots=True)
class Loaded:
    """A verified, memory-mapped model. work: see `work_per_user`."""

    row: ModelRow
    stamp: Stamp | None
    recommender: Recommender
    work: float


@dataclass(frozen=True, slots=True)
class _Refused:
    row: ModelRow
    stamp: Stamp | None
    error: ModelNotReady


class ModelRegistry:
    """At most `capacity` models, except that pinned ones always stay."""

    def __init__(self, files: ModelFiles, capacity: int) -> None:
        self._files = files
        self._capacity = capacity
        self._threads = ThreadPoolExecutor(_LOADERS, "model-load")
        self._loaded: OrderedDict[int, Loaded] = OrderedDict()
        self._refused: dict[int, _Refused] = {}
        self._loads: dict[_Version, asyncio.Task[Loaded | _Refused]] = {}
        self._pinned: frozenset[int] = frozenset()
        self.loads = 0

    def __len__(self) -> int:
        return len(self._loaded)

    def __contains__(self, model_id: int) -> bool:
        return model_id in self._loaded

    @property
    def ids(self) -> list[int]:
        """Models in memory, the least recently used first."""
        return list(self._loaded)

    def ready(self, row: ModelRow) -> Loaded | None:
        """The model if this very version of it is in memory."""
        loaded = self._loaded.get(row.id)
        if loaded is None or loaded.row.version != row.version:
            return None
        self._loaded.move_to_end(row.id)
        return loaded

    async def get(self, row: ModelRow) -> Loaded:
        """The model, loaded if need be; a version that is being replaced serves on.

        Raises ModelNotReady when the file is missing, damaged or not to be trusted.
        """
        if loaded := self.ready(row):
            return loaded
        self._files.path(row)
        load = self._start(row)
        if loaded := self._loaded.get(row.id):
            return loaded
        outcome = await asyncio.shield(load)
        if isinstance(outcome, _Refused):
            raise ModelNotReady(outcome.error.message, code=outcome.error.code)
        return outcome

    async def warm(self, rows: Iterable[ModelRow], seconds: float) -> None:
        """Load models before they are asked for; gives up waiting after a while."""
        loads = [self._start(row) for row in rows if self.ready(row) is None]
        if loads:
            await asyncio.wait(loads, timeout=seconds)

    def pin(self, model_ids: Iterable[int]) -> None:
        """These stay in memory once they are there."""
        self._pinned = frozenset(model_ids)
        self._let_go()

    def forget(self, model_id: int) -> None:
        self._loaded.pop(model_id, None)
        self._refused.pop(model_id, None)

    async def drop_changed(self) -> None:
        """Stop serving models whose file is no longer the one that was verified:
        a file that is written in place shows through its memory map."""
        verified = list(self._loaded.values())
        for loaded in await asyncio.to_thread(self._changed, verified):
            if self._loaded.get(loaded.row.id) is loaded:
                log.warning("model_file_changed", model_id=loaded.row.id)
                self.forget(loaded.row.id)

    def _changed(self, verified: list[Loaded]) -> list[Loaded]:
        stamps = ((one, Stamp.of(self._files.path(one.row))) for one in verified)
        return [one for one, stamp in stamps if stamp and stamp != one.stamp]

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

    def _start(self, row: ModelRow) -> asyncio.Task[Loaded | _Refused]:
        """The one load of this version that is under way."""
        version = (row.id, *row.version)
        load = self._loads.get(version)
        if load is None:
            load = asyncio.create_task(self._load(row))
            self._loads[version] = load
            load.add_done_callback(lambda _: self._loads.pop(version))
        return load

    async def _load(self, row: ModelRow) -> Loaded | _Refused:
        loop = asyncio.get_running_loop()
        outcome = await loop.run_in_executor(self._threads, self._open, row)
        if isinstance(outcome, Loaded):
            self._install(outcome)
        else:
            self._refused[row.id] = outcome
        return outcome

    def _open(self, row: ModelRow) -> Loaded | _Refused:
        """In a thread. A file that was refused is not read again until it changes."""
        stamp = None
        try:
            stamp = Stamp.of(self._files.fetch(row))
            refused = self._refused.get(row.id)
            if refused and stamp and (refused.row, refused.stamp) == (row, stamp):
                return refused
            model = self._files.open(row)
        except ModelNotReady as error:
            log.warning("model_refused", model_id=row.id, reason=str(error))
            return _Refused(row, stamp, error)
        work = work_per_user(model.recommender)
        return Loaded(row, stamp, model.recommender, work)

    def _install(self, fresh: Loaded) -> None:
        self.loads += 1
        current = self._loaded.get(fresh.row.id)
        if current is None or current.row.updated_at <= fresh.row.updated_at:
            self._loaded[fresh.row.id] = fresh
            self._loaded.move_to_end(fresh.row.id)
            self._refused.pop(fresh.row.id, None)
        self._let_go(keep=fresh.row.id)

    def _let_go(self, keep: int | None = None) -> None:
        """Drop the least recently used models that no active slot serves."""
        candidates = [i for i in self._loaded if i not in self._pinned and i != keep]
        surplus = max(0, len(self._loaded) - self._capacity)
        for model_id in candidates[:surplus]:
            del self._loaded[model_id]
