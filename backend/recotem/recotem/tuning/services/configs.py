"""Split and evaluation configurations: owned by who created them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from recotem.core.actor import Actor
from recotem.tuning.errors import ConfigInUse
from recotem.tuning.models import EvaluationConfig, SplitConfig

type Config = SplitConfig | EvaluationConfig


@transaction.atomic
def create_config[C: (SplitConfig, EvaluationConfig)](
    *, actor: Actor, model: type[C], values: Mapping[str, object]
) -> C:
    creator: Any = actor.user
    return model.objects.create(created_by=creator, **values)


@transaction.atomic
def update_config(*, config: Config, changes: Mapping[str, object]) -> None:
    """What a tuning job was measured with keeps its values; names may change."""
    _lock(config)
    changed = [name for name in changes if getattr(config, name) != changes[name]]
    if set(changed) - {"name"} and config.tuning_jobs.exists():
        raise ConfigInUse
    for name in changed:
        setattr(config, name, changes[name])
    config.save()


@transaction.atomic
def delete_config(*, config: Config) -> None:
    _lock(config)
    if config.tuning_jobs.exists():
        raise ConfigInUse
    config.delete()


def _lock(config: Config) -> None:
    """The values as they are now; until the end, no job can begin to use them."""
    rows: Any = type(config).objects.select_for_update()
    config.refresh_from_db(from_queryset=rows)
