from collections.abc import Callable, Mapping

from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Conflict, Invalid, NotFound
from recotem.core.model_events import publish
from recotem.core.revisions import bump_serving
from recotem.core.storage import file_exists
from recotem.deployment.errors import AlreadyServed, ModelGone, SlotGone
from recotem.deployment.models import Deployment, DeploymentSlot
from recotem.deployment.services.log import MANUAL, PROMOTION, Why, note_deployment
from recotem.projects.models import Project
from recotem.projects.services import require_role
from recotem.training.models import TrainedModel
from recotem_contracts.model_events import SlotsChanged

NOTED = ("name", "trained_model_id", "weight", "is_active")
#: What decides who gets which answer.
SERVING = ("trained_model_id", "weight", "is_active")
MAX_WEIGHT = 100
#: Apps that know more than we do raise here where a slot is to stay as it is, or is to
#: stay. They are asked while the slot is held.
CHANGE_GUARDS: list[Callable[[DeploymentSlot], None]] = []
DELETE_GUARDS: list[Callable[[DeploymentSlot], None]] = []


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
    note_deployment(actor, slot, MANUAL, former_model=None)
    tell_slots_changed(project.pk)
    return slot


@transaction.atomic
def update_slot(
    *, actor: Actor, slot: DeploymentSlot, changes: Mapping[str, object]
) -> DeploymentSlot:
    """Another name, weight, activity, or model of the same project."""
    require_role(actor, slot.project, "editor")
    row = _held(slot.pk)
    model = changes.get("trained_model")
    if isinstance(model, TrainedModel):
        _check_servable(slot.project, model)
    former = row.trained_model_id
    _change(actor, row, changes)
    if row.trained_model_id != former:
        note_deployment(actor, row, MANUAL, former_model=former)
    tell_slots_changed(row.project_id)
    return row


@transaction.atomic
def delete_slot(*, actor: Actor, slot: DeploymentSlot) -> None:
    require_role(actor, slot.project, "owner")
    slot = _held(slot.pk)
    for guard in DELETE_GUARDS:
        guard(slot)
    if slot.conversion_events.exists():
        raise Conflict("Events tell of this slot; deactivate it.", code="in_use")
    if slot.retraining_schedules.exists():
        message = (
            "The retraining schedule deploys to this slot; name another one there."
        )
        raise Conflict(message, code="in_use")
    before = facts(slot, NOTED)
    record(actor, Action.DELETE, slot, before, project=slot.project_id)
    slot.delete()


@transaction.atomic
def hand_over_traffic(*, actor: Actor, winner: int, loser: int) -> None:
    """The winner gets the weight that both slots have in the traffic, up to 100, and
    the loser ends. No other slot changes; what was promoted is noted as deployed."""
    slots = {pk: _held(pk) for pk in sorted((winner, loser))}
    weight = sum(slot.weight for slot in slots.values() if slot.is_active)
    first, last = slots[winner], slots[loser]
    require_role(actor, first.project_id, "editor")
    taken = min(weight, MAX_WEIGHT) or first.weight
    _change(actor, first, {"weight": taken, "is_active": True})
    _change(actor, last, {"is_active": False})
    note_deployment(actor, first, PROMOTION, former_model=last.trained_model_id)
    tell_slots_changed(first.project_id)


def hold_slot(slot_id: int | None) -> DeploymentSlot:
    """A slot that a row of the past names, locked until the transaction ends."""
    try:
        return _held(slot_id or 0)
    except NotFound:
        raise SlotGone from None


def refuse_change(slot: DeploymentSlot) -> None:
    """Raises what stands against another model in the slot."""
    for guard in CHANGE_GUARDS:
        guard(slot)


def serve_model(
    *, actor: Actor, slot: DeploymentSlot, model_id: int | None, why: Why
) -> Deployment:
    """Let a slot that is held serve another model of its project.

    Raises AlreadyServed, ModelGone, or what the guards of the slot do.
    """
    if slot.trained_model_id == model_id:
        raise AlreadyServed
    model = TrainedModel.objects.select_for_update().filter(pk=model_id or 0).first()
    if model is None or not model.is_usable or not file_exists(model.file or ""):
        raise ModelGone
    former = slot.trained_model_id
    _change(actor, slot, {"trained_model": model})
    tell_slots_changed(slot.project_id)
    return note_deployment(actor, slot, why, former_model=former)


def _held(slot_id: int) -> DeploymentSlot:
    row = DeploymentSlot.objects.select_for_update().filter(pk=slot_id).first()
    if row is None:
        raise NotFound
    return row


def _change(actor: Actor, slot: DeploymentSlot, changes: Mapping[str, object]) -> None:
    """Of a slot that is held."""
    before = facts(slot, NOTED)
    for name, value in changes.items():
        setattr(slot, name, value)
    after = facts(slot, NOTED)
    if any(before[name] != after[name] for name in SERVING):
        refuse_change(slot)
    slot.save()
    record(actor, Action.UPDATE, slot, before, after, project=slot.project_id)


def tell_slots_changed(project_id: int) -> None:
    """Call it in the transaction of the change."""
    bump_serving()
    publish(SlotsChanged(project_id=project_id))


def _check_servable(project: Project, model: TrainedModel) -> None:
    """Refuse models that cannot answer here; the others stay until we are done."""
    row = (
        TrainedModel.objects.select_for_update()
        .filter(pk=model.pk, project=project)
        .first()
    )
    if row is None:
        raise Invalid({"trained_model": ["This model is of another project."]})
    if not row.is_usable:
        raise Invalid({"trained_model": ["This model is not READY to be served."]})
