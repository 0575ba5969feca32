from collections.abc import Mapping

from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Conflict, Invalid, NotFound
from recotem.core.model_events import publish
from recotem.core.revisions import bump_serving
from recotem.deployment.models import DeploymentSlot
from recotem.projects.models import Project
from recotem.projects.services import require_role
from recotem.training.models import TrainedModel
from recotem_contracts.model_events import SlotsChanged

NOTED = ("name", "trained_model_id", "weight", "is_active")


@transaction.atomic
def create_slot(
    *, actor: Actor, project: Project, trained_model: TrainedModel, **values: object
) -> DeploymentSlot:
    """A new place in the traffic of a project."""
    require_role(actor, project, "editor")
    _check_servable(project, trained_model)
    slot = DeploymentSlot.objects.create(
        project=project, trained_model=trained_model, **values
    )
    after = facts(slot, NOTED)
    record(actor, Action.CREATE, slot, after=after, project=project.pk)
    tell_slots_changed(project.pk)
    return slot


@transaction.atomic
def update_slot(
    *, actor: Actor, slot: DeploymentSlot, changes: Mapping[str, object]
) -> DeploymentSlot:
    """Another name, weight, activity, or model of the same project."""
    require_role(actor, slot.project, "editor")
    row = DeploymentSlot.objects.select_for_update().filter(pk=slot.pk).first()
    if row is None:
        raise NotFound
    model = changes.get("trained_model")
    if isinstance(model, TrainedModel):
        _check_servable(slot.project, model)
    before = facts(row, NOTED)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    after = facts(row, NOTED)
    record(actor, Action.UPDATE, row, before, after, project=row.project_id)
    tell_slots_changed(row.project_id)
    return row


@transaction.atomic
def delete_slot(*, actor: Actor, slot: DeploymentSlot) -> None:
    require_role(actor, slot.project, "owner")
    if slot.conversion_events.exists():
        raise Conflict("Events tell of this slot; deactivate it.", code="in_use")
    before = facts(slot, NOTED)
    record(actor, Action.DELETE, slot, before, project=slot.project_id)
    slot.delete()


def tell_slots_changed(project_id: int) -> None:
    """Call it in the transaction of the change."""
    bump_serving()
    publish(SlotsChanged(project_id=project_id))


def _check_servable(project: Project, model: TrainedModel) -> None:
    """Refuse models that cannot answer here; the others stay until we are done."""
    row = (
        TrainedModel.objects.select_for_update()
        .filter(pk=model.pk, configuration__project=project)
        .first()
    )
    if row is None:
        raise Invalid({"trained_model": ["This model is of another project."]})
    if not row.is_usable:
        raise Invalid({"trained_model": ["This model is not READY to be served."]})
