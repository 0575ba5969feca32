"""The use cases: one user, several users, a user of a project."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict

from inference.directory import Directory
from inference.errors import NoActiveSlot, OtherProject, UserNotFound
from inference.exposures import Recorder
from inference.model_loader import Loaded, ModelRegistry
from inference.request_ids import RequestIds
from inference.rows import ModelRow
from inference.scoring_cost import INLINE_WORK
from recotem_contracts.exposures import ITEMS
from recotem_engine.errors import UnknownIds
from recotem_engine.types import Ranking


class Item(TypedDict):
    item_id: str
    score: float


class Answer(TypedDict):
    items: list[Item]
    model_id: int
    request_id: str


class SlotAnswer(Answer):
    slot_id: int
    slot_name: str


class Recommendations:
    """Answers on behalf of one project: the one of the caller's key."""

    def __init__(
        self, directory: Directory, registry: ModelRegistry, recorder: Recorder
    ) -> None:
        self._directory = directory
        self._registry = registry
        self._recorder = recorder
        self._thread = ThreadPoolExecutor(1, "scoring")
        self._request_ids = RequestIds()

    async def for_user(
        self, project: int, model_id: int, user_id: str, cutoff: int
    ) -> Answer:
        """Raises ModelNotFound, OtherProject, UserNotFound, ModelNotReady."""
        row = await self._own_model(project, model_id)
        return await self._one(row, user_id, cutoff)

    async def for_users(
        self, project: int, model_id: int, user_ids: list[str], cutoff: int
    ) -> list[Answer]:
        """In the order asked, without items for users that the model does not know."""
        row = await self._own_model(project, model_id)
        loaded = await self._registry.get(row)
        rankings = await self._in_thread(
            lambda: loaded.recommender.for_users(user_ids, cutoff)
        )
        return [self._answer(model_id, ranking) for ranking in rankings]

    async def for_project(
        self, own_project: int, project: int, user_id: str, cutoff: int
    ) -> SlotAnswer:
        """From the model of the user's slot. Raises NoActiveSlot besides."""
        if project != own_project:
            raise OtherProject
        slots = self._directory.view.slots.get(project)
        slot = slots.for_user(user_id) if slots else None
        if slots is None or slot is None:
            raise NoActiveSlot
        row = await self._own_model(project, slot.model.id)
        try:
            answer = await self._one(row, user_id, cutoff)
        except UserNotFound:
            if slots.records(user_id):
                self._recorder.note(project, slot.id)
            raise
        if slots.records(user_id):
            items = [item["item_id"] for item in answer["items"][:ITEMS]]
            self._recorder.note(project, slot.id, user_id, answer["request_id"], items)
        return {**answer, "slot_id": slot.id, "slot_name": slot.name}

    async def _own_model(self, project: int, model_id: int) -> ModelRow:
        row = await self._directory.model(model_id)
        if row.project_id != project:
            raise OtherProject
        return row

    async def _one(self, row: ModelRow, user_id: str, cutoff: int) -> Answer:
        loaded = await self._registry.get(row)
        try:
            ranking = await self._rank(loaded, user_id, cutoff)
        except UnknownIds:
            raise UserNotFound from None
        return self._answer(row.id, ranking)

    async def _rank(self, loaded: Loaded, user_id: str, cutoff: int) -> Ranking:
        """Small models right here; large ones must not hold up the event loop."""
        if loaded.work <= INLINE_WORK:
            return loaded.recommender.for_user(user_id, cutoff)
        return await self._in_thread(
            lambda: loaded.recommender.for_user(user_id, cutoff)
        )

    async def _in_thread[T](self, compute: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, compute)

    def _answer(self, model_id: int, ranking: Ranking) -> Answer:
        return {
            "items": [{"item_id": item, "score": score} for item, score in ranking],
            "model_id": model_id,
            "request_id": self._request_ids.next(),
        }

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
