"""What a model recommends, for looking at before it is deployed."""

import secrets
from collections.abc import Sequence
from typing import Any

from recotem.datasets.models import ItemMetaData
from recotem.datasets.services.reading import item_records
from recotem.training.artifact_store import recommender_of
from recotem.training.errors import CannotAnswer, UnknownUser
from recotem.training.models import TrainedModel
from recotem_engine.errors import NotSupported, UnknownIds
from recotem_engine.types import Ranking


def for_user(*, model: TrainedModel, user_id: str, cutoff: int) -> list[dict[str, Any]]:
    """The best items for a user that the model knows."""
    try:
        return _records(recommender_of(model).for_user(user_id, cutoff))
    except UnknownIds as error:
        raise UnknownUser from error


def for_profile(
    *, model: TrainedModel, item_ids: Sequence[str], cutoff: int
) -> list[dict[str, Any]]:
    """The best items for someone who took `item_ids`; unknown ones are ignored."""
    try:
        return _records(recommender_of(model).for_profile(item_ids, cutoff))
    except NotSupported as error:
        raise CannotAnswer(str(error)) from error


def sample(*, model: TrainedModel, user_id: str | None, cutoff: int) -> dict[str, Any]:
    """What a user (some user, if none is named) took, and is recommended."""
    recommender = recommender_of(model)
    user = user_id or recommender.random_user(secrets.randbits(32))
    return {
        "recommendations": for_user(model=model, user_id=user, cutoff=cutoff),
        "user_id": user,
        "user_profile": recommender.profile_of(user),
    }


def sample_with_metadata(
    *,
    model: TrainedModel,
    metadata: ItemMetaData,
    user_id: str | None,
    cutoff: int,
) -> dict[str, Any]:
    """The same, each item as a record: its id, what is known of it, its score."""
    shown = sample(model=model, user_id=user_id, cutoff=cutoff)
    profile, best = shown["user_profile"], shown["recommendations"]
    known = item_records(metadata, [*profile, *(item["item_id"] for item in best)])
    blank = dict.fromkeys(metadata.valid_columns_list_json)
    column = metadata.project.item_column

    def record(item_id: str) -> dict[str, Any]:
        return {column: item_id, **blank, **known.get(item_id, {})}

    return {
        "user_id": shown["user_id"],
        "user_profile": [record(item_id) for item_id in profile],
        "recommendations": [
            {**record(item["item_id"]), "score": item["score"]} for item in best
        ],
    }


def _records(ranking: Ranking) -> list[dict[str, Any]]:
    return [{"item_id": item_id, "score": score} for item_id, score in ranking]
