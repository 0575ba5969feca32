"""What a project asks of a model that is to take another one's place."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, record
from recotem.core.errors import Invalid
from recotem.deployment.models import DeploymentGate
from recotem.projects.models import Project
from recotem.projects.services import require_role
from recotem_engine.errors import ConfigError
from recotem_engine.gate import Limits


def limits_of(project_id: int) -> dict[str, Any]:
    """Each limit by its name; where the project sets none of its own, the engine's."""
    gate = DeploymentGate.objects.filter(project=project_id).first()
    return Limits().to_json() | (gate.limits if gate else {})


@transaction.atomic
def set_limits(
    *, actor: Actor, project: Project, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Reviews that were begun before keep the limits that they began with."""
    require_role(actor, project, "editor")
    Project.objects.select_for_update().get(pk=project.pk)
    gate, _ = DeploymentGate.objects.get_or_create(project=project)
    before = limits_of(project.pk)
    gate.limits = gate.limits | dict(changes)
    gate.save()
    after = limits_of(project.pk)
    _check(after)
    record(actor, Action.UPDATE, gate, before, after, project=project.pk)
    return after


def _check(limits: dict[str, Any]) -> None:
    """Raises Invalid for what is no number, which fits between no bounds."""
    try:
        Limits.from_json(limits)
    except ConfigError as error:
        raise Invalid({"non_field_errors": [str(error)]}, code=error.code) from error
