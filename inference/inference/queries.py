"""Every statement the service sends to the database."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from inference.models import (
    api_key,
    configuration,
    project,
    revision,
    slot,
    trained_model,
    user,
)
from inference.rows import KeyRow, ModelRow, ProjectSlots, Slot
from recotem_contracts.read_tables import MODEL_READY, SERVING_REVISION


def serving_revision(connection: Connection) -> int:
    """The version of everything served; 0 before anything was ever changed."""
    query = select(revision.c.value).where(revision.c.name == SERVING_REVISION)
    return int(connection.execute(query).scalar() or 0)


def keys_with_prefix(prefix: str) -> Callable[[Connection], list[KeyRow]]:
    """Active keys whose creator and whose project's owner are active."""
    owner = user.alias()
    query = (
        select(
            api_key.c.id,
            api_key.c.project_id,
            api_key.c.key_hash,
            api_key.c.scopes,
            api_key.c.expires_at,
        )
        .join(user, user.c.id == api_key.c.created_by_id)
        .join(project, project.c.id == api_key.c.project_id)
        .join(owner, owner.c.id == project.c.owner_id)
        .where(
            api_key.c.key_prefix == prefix,
            api_key.c.is_active,
            user.c.is_active,
            owner.c.is_active,
        )
    )
    return lambda connection: [_key(row) for row in connection.execute(query)]


def _key(row: Row[*tuple[Any, ...]]) -> KeyRow:
    expires = None if row.expires_at is None else _utc(row.expires_at)
    scopes = frozenset(row.scopes)
    return KeyRow(row.id, row.project_id, row.key_hash, scopes, expires)


def models_by_id(ids: Collection[int]) -> Callable[[Connection], dict[int, ModelRow]]:
    query = _models().where(trained_model.c.id.in_(ids))
    return lambda connection: {
        row.model_id: _model(row) for row in connection.execute(query)
    }


def ready_models_of(project_id: int) -> Callable[[Connection], list[int]]:
    """Ids of the project's models that have a file to serve, newest first."""
    query = (
        _models()
        .where(
            configuration.c.project_id == project_id,
            trained_model.c.status == MODEL_READY,
            trained_model.c.file != "",
        )
        .order_by(trained_model.c.id.desc())
    )
    return lambda connection: [row.model_id for row in connection.execute(query)]


def active_slots(connection: Connection) -> dict[int, ProjectSlots]:
    """Active slots by project, without those whose model is another project's."""
    query = (
        _models()
        .add_columns(slot.c.id, slot.c.name, slot.c.weight)
        .add_columns(project.c.assignment_salt, project.c.exposure_sampling)
        .join(
            slot,
            and_(
                slot.c.trained_model_id == trained_model.c.id,
                slot.c.project_id == configuration.c.project_id,
            ),
        )
        .join(project, project.c.id == slot.c.project_id)
        .where(slot.c.is_active)
        .order_by(slot.c.id)
    )
    slots: defaultdict[int, dict[int, Slot]] = defaultdict(dict)
    of_project: dict[int, tuple[str, float]] = {}
    for row in connection.execute(query):
        found = Slot(row.id, row.name, row.weight, _model(row))
        slots[row.project_id][row.id] = found
        of_project[row.project_id] = row.assignment_salt, row.exposure_sampling
    return {key: ProjectSlots(*of_project[key], found) for key, found in slots.items()}


def _models() -> Select[Any]:
    return select(
        trained_model.c.id.label("model_id"),
        configuration.c.project_id,
        trained_model.c.status,
        trained_model.c.file,
        trained_model.c.updated_at,
    ).join(configuration, configuration.c.id == trained_model.c.configuration_id)


def _model(row: Row[Any]) -> ModelRow:
    return ModelRow(
        row.model_id, row.project_id, row.status, row.file, _utc(row.updated_at)
    )


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value
