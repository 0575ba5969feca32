"""Messages on the Redis channel that wakes the inference services.

They carry ids, never state: who is woken reads the rows.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

CHANNEL = "recotem:model_events"


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True)

    def to_json(self) -> str:
        """The message as it goes over the channel."""
        return self.model_dump_json()


class ModelTrained(_Event):
    """A model has a file that can be served."""

    event: Literal["model_trained"] = "model_trained"
    model_id: int
    project_id: int


class ModelDeleted(_Event):
    """A model, or its file, is gone."""

    event: Literal["model_deleted"] = "model_deleted"
    model_id: int
    project_id: int


class SlotsChanged(_Event):
    """Slots of a project were added, changed or removed."""

    event: Literal["slots_changed"] = "slots_changed"
    project_id: int


class KeyChanged(_Event):
    """A key of a project was made, changed or revoked."""

    event: Literal["key_changed"] = "key_changed"
    project_id: int


ModelEvent = ModelTrained | ModelDeleted | SlotsChanged | KeyChanged

_events: TypeAdapter[ModelEvent] = TypeAdapter(
    Annotated[ModelEvent, Field(discriminator="event")]
)


def parse(message: str | bytes) -> ModelEvent:
    """The event in a message. Raises pydantic's ValidationError for anything else."""
    return _events.validate_json(message)
