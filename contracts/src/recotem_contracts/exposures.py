"""Exposures: who was shown what by which slot, on their way to the management API.

Inference puts batches of them at the end of a Redis list or into files of a folder;
workers store the oldest ones and take them away afterwards. A batch may come twice.
"""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

REDIS_KEY = "recotem:exposures"
"""The list of batches, as JSON texts, on the Redis of the model events."""

FILE_SUFFIX = ".json"
"""A file of the folder with any other ending is still being written."""

MOST_BATCHES = 1000
"""So many may wait; who finds more keeps his own until there is room."""

BATCH_SIZE = 500
"""The most exposures of a batch."""

ITEMS = 20
"""How many items of an answer are recorded, the first ones."""


class Exposure(BaseModel):
    """An answer for a user of a slot; user_id is None for one unknown to the model."""

    model_config = ConfigDict(frozen=True)

    project: int
    slot: int
    time: AwareDatetime
    user_id: str | None = None
    request_id: UUID | None = None
    items: list[str] = []


class ExposureBatch(BaseModel):
    """What was handed over at once; its id tells whether it was stored before."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    exposures: list[Exposure]
