"""Split and evaluation configurations: owned by who created them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Forbidden
from recotem.tuning.errors import ConfigInUse
from recotem.tuning.models import EvaluationConfig, SplitConfig

type Config = SplitConfig | EvaluationConfig


@transaction.atomic
def create_config[C: (SplitConfig, EvaluationConfig)](
    *, actor: Actor, model: type[C], values: Mapping[str, object]
) -> C:
    creator: Any = actor.user
    config = model.objects.create(created_by=creator, **values)
    record(actor, Action.CREATE, config, after=facts(config, _noted(config)))
    return config


@transaction.atomic
def update_config(
    *, actor: Actor, config: Config, changes: Mapping[str, object]
) -> None:
    """What a tuning job was measured with keeps its values; names may change."""
    _require_person(actor)
    _lock(config)
    before = facts(config, _noted(config))
    changed = [name for name in changes if getattr(config, name) != changes[name]]
    if set(changed) - {"name"} and config.tuning_jobs.exists():
        raise ConfigInUse
    for name in changed:
        setattr(config, name, changes[name])
    config.save()
    record(actor, Action.UPDATE, config, before, facts(config, _noted(config)))


@transaction.atomic
def delete_config(*, actor: Actor, config: Config) -> None:
    _require_person(actor)
    _lock(config)
    if config.tuning_jobs.exists():
        raise ConfigInUse
    record(actor, Action.DELETE, config, facts(config, _noted(config)))
    config.delete()


def _require_person(actor: Actor) -> None:
    """A configuration may serve all projects of its creator, a key only one of them."""
    if actor.key_id is not None:
        message = "API keys do not change configurations; they may add one."
        raise Forbidden(message, code="key_not_accepted")


def _noted(config: Config) -> tuple[str, ...]:
    unnoted = {"id", "created_by", "ins_datetime", "updated_at"}
    names = {field.name for field in config._meta.concrete_fields}  # noqa: SLF001  documented
    return tuple(sorted(names - unnoted))


def _lock(config: Config) -> None:
    """The values as they are now; until the end, no job can begin to use them."""
    rows: Any = type(config).objects.select_for_update()
    config.refresh_from_db(from_queryset=rows)
