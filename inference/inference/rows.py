"""What the service knows about the rows it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from recotem_contracts.assignment import assign, is_sampled
from recotem_contracts.read_tables import MODEL_READY


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A stored API key that is active and whose people are, too."""

    id: int
    project_id: int
    key_hash: str
    scopes: frozenset[str]
    expires_at: datetime | None

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A trained model: whose it is and where its file lies in the storage."""

    id: int
    project_id: int
    status: str
    file: str | None
    updated_at: datetime

    @property
    def is_ready(self) -> bool:
        return self.status == MODEL_READY and bool(self.file)

    @property
    def version(self) -> tuple[str | None, datetime]:
        """Changes whenever the model was trained again."""
        return self.file, self.updated_at


@dataclass(frozen=True, slots=True)
class Slot:
    """An active deployment slot and the model behind it."""

    id: int
    name: str
    weight: int
    model: ModelRow


@dataclass(frozen=True, slots=True)
class ProjectSlots:
    """The active slots of one project, and the share of its users to be recorded."""

    salt: str
    exposure_sampling: float
    slots: Mapping[int, Slot]

    def for_user(self, user_id: str) -> Slot | None:
        """The user's slot, always the same one while slots and weights stand."""
        weights = [(slot.id, slot.weight) for slot in self.slots.values()]
        chosen = assign(self.salt, user_id, weights)
        return None if chosen is None else self.slots[chosen]

    def records(self, user_id: str) -> bool:
        """Whether what the user is shown is to be recorded."""
        return is_sampled(self.salt, user_id, self.exposure_sampling)
