"""What the database said at one revision, asked at most once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from inference.bounded import Bounded
from inference.database import Database
from inference.errors import ModelNotFound, Unavailable
from inference.queries import models_by_id
from inference.rows import KeyRow, ModelRow, ProjectSlots

_ENTRIES = 10_000


@dataclass(slots=True)
class View:
    """Rows as of `revision`. A newer revision gets a new view, so nothing outlives it.

    keys: accepted callers by the SHA-256 of the key they showed; strangers: the same
    of keys that were refused; checks: key checks under way.
    """

    revision: int
    slots: Mapping[int, ProjectSlots]
    models: Bounded[int, ModelRow | None] = field(
        default_factory=lambda: Bounded(_ENTRIES)
    )
    keys: Bounded[bytes, KeyRow] = field(default_factory=lambda: Bounded(_ENTRIES))
    strangers: Bounded[bytes, None] = field(default_factory=lambda: Bounded(_ENTRIES))
    checks: dict[bytes, asyncio.Task[KeyRow | None]] = field(default_factory=dict)


class Directory:
    """The current view, and the way to what it does not hold yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._view: View | None = None

    @property
    def view(self) -> View:
        """Raises Unavailable until the database was read once."""
        if self._view is None:
            raise Unavailable
        return self._view

    @property
    def revision(self) -> int | None:
        return None if self._view is None else self._view.revision

    def publish(self, view: View) -> None:
        self._view = view

    async def model(self, model_id: int) -> ModelRow:
        """The row of a model. Raises ModelNotFound."""
        models = self.view.models
        if model_id not in models:
            rows = await self._database.read(models_by_id([model_id]))
            models.put(model_id, rows.get(model_id))
        row = models.get(model_id)
        if row is None:
            raise ModelNotFound
        return row
