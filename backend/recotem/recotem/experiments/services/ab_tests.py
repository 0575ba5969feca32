"""Tests: made, changed while they are drafts, started, ended, acted upon."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid, NotFound
from recotem.deployment.models import DeploymentSlot
from recotem.deployment.services.slots import hand_over_traffic
from recotem.experiments.errors import (
    RunningTest,
    SlotBusy,
    SlotIdle,
    SlotTested,
    StartedTest,
    WrongState,
)
from recotem.experiments.locks import hold_slots
from recotem.experiments.models import ABTest
from recotem.experiments.selectors import ab_tests_on
from recotem.projects.models import Project
from recotem.projects.services import require_role

Status = ABTest.Status
SLOTS = ("control_slot", "variant_slot")
NOTED = (
    "name",
    "status",
    "control_slot_id",
    "variant_slot_id",
    "target_metric_name",
    "min_sample_size",
    "confidence_level",
    "attribution",
    "attribution_hours",
    "winner_slot_id",
)


@transaction.atomic
def create_test(*, actor: Actor, project: Project, **values: Any) -> ABTest:
    """A draft. Raises Invalid unless it has two slots of the project."""
    require_role(actor, project, "editor")
    test = ABTest(project=project, **values)
    _check_slots(test)
    test.save()
    after = facts(test, NOTED)
    record(actor, Action.CREATE, test, after=after, project=project.pk)
    return test


@transaction.atomic
def update_test(*, actor: Actor, test: ABTest, **changes: Any) -> ABTest:
    """Anything of a draft, the name of a test that has ended."""
    test = _held(actor, test, "editor")
    _refuse_running(test)
    before = facts(test, NOTED)
    for name, value in changes.items():
        setattr(test, name, value)
    after = facts(test, NOTED)
    if test.status != Status.DRAFT and {**after, "name": ""} != {**before, "name": ""}:
        raise StartedTest
    _check_slots(test)
    return _save(actor, test, before)


@transaction.atomic
def delete_test(*, actor: Actor, test: ABTest) -> None:
    test = _held(actor, test, "owner")
    _refuse_running(test)
    before = facts(test, NOTED)
    record(actor, Action.DELETE, test, before, project=test.project_id)
    test.delete()


@transaction.atomic
def start_test(*, actor: Actor, test: ABTest) -> ABTest:
    """From now on its slots are frozen and their events counted.

    Raises SlotBusy if one of them is part of another running test, SlotIdle if one gets
    no traffic.
    """
    test = _held(actor, test, "editor")
    _require(test, Status.DRAFT, "Only a draft can be started.")
    hold_slots(test.slot_ids)
    if ab_tests_on(test.slot_ids).filter(status=Status.RUNNING).exists():
        raise SlotBusy
    test.variant_share = _variant_share(test)
    before = facts(test, NOTED)
    test.status, test.started_at = Status.RUNNING, timezone.now()
    return _save(actor, test, before)


@transaction.atomic
def stop_test(*, actor: Actor, test: ABTest) -> ABTest:
    """Its results stay as they are now."""
    test = _held(actor, test, "editor")
    _require(test, Status.RUNNING, "Only a running test can be stopped.")
    before = facts(test, NOTED)
    _end(test, Status.COMPLETED)
    return _save(actor, test, before)


@transaction.atomic
def cancel_test(*, actor: Actor, test: ABTest) -> ABTest:
    """A draft that will not be started, a running test that will have no winner."""
    test = _held(actor, test, "editor")
    if test.status not in (Status.DRAFT, Status.RUNNING):
        raise WrongState("The test has ended already.")
    before = facts(test, NOTED)
    _end(test, Status.CANCELLED)
    return _save(actor, test, before, Action.CANCEL)


@transaction.atomic
def promote_winner(*, actor: Actor, test: ABTest, slot_id: int) -> ABTest:
    """Give the traffic of both arms to one of them, once."""
    test = _held(actor, test, "editor")
    _require(test, Status.COMPLETED, "Stop the test before you promote a winner.")
    if test.winner_slot_id is not None:
        raise WrongState("A winner of this test has been promoted already.")
    if slot_id not in test.slot_ids:
        raise Invalid({"slot_id": ["This is neither of the two slots of the test."]})
    [loser] = {*test.slot_ids} - {slot_id}
    before = facts(test, NOTED)
    hand_over_traffic(actor=actor, winner=slot_id, loser=loser)
    test.winner_slot_id = slot_id
    return _save(actor, test, before)


def _variant_share(test: ABTest) -> float:
    """Whoever meets one of the slots meets the variant with this probability.

    Read while the slots are held. Raises SlotIdle.
    """
    slots = DeploymentSlot.objects.in_bulk(test.slot_ids)
    control, variant = (slots[slot] for slot in test.slot_ids)
    for slot in (control, variant):
        if not (slot.is_active and slot.weight):
            why = "has the weight 0" if slot.is_active else "is switched off"
            raise SlotIdle(f"{slot.name} {why}: nobody would be shown anything by it.")
    return float(variant.weight / (control.weight + variant.weight))


def refuse_change_of_tested(slot: DeploymentSlot) -> None:
    """A running test measures its slots as they are."""
    if ab_tests_on([slot.pk]).filter(status=Status.RUNNING).exists():
        raise SlotBusy


def refuse_delete_of_tested(slot: DeploymentSlot) -> None:
    refuse_change_of_tested(slot)
    if ab_tests_on([slot.pk]).exists():
        raise SlotTested


def _held(actor: Actor, test: ABTest, need: Any) -> ABTest:
    require_role(actor, test.project_id, need)
    row = ABTest.objects.select_for_update().filter(pk=test.pk).first()
    if row is None:
        raise NotFound
    return row


def _end(test: ABTest, status: ABTest.Status) -> None:
    """Events that are on their way are counted first."""
    hold_slots(test.slot_ids)
    test.status, test.ended_at = status, timezone.now()


def _save(
    actor: Actor, test: ABTest, before: Any, action: Action = Action.UPDATE
) -> ABTest:
    test.save()
    record(actor, action, test, before, facts(test, NOTED), project=test.project_id)
    return test


def _require(test: ABTest, status: ABTest.Status, sentence: str) -> None:
    if test.status != status:
        raise WrongState(sentence)


def _refuse_running(test: ABTest) -> None:
    if test.status == Status.RUNNING:
        raise RunningTest


def _check_slots(test: ABTest) -> None:
    slots = {name: getattr(test, name) for name in SLOTS}
    wrong = {
        name: ["This slot is of another project."]
        for name, slot in slots.items()
        if slot.project_id != test.project_id
    }
    if not wrong and test.control_slot_id == test.variant_slot_id:
        wrong = {"variant_slot": ["must be another slot than control_slot"]}
    if wrong:
        raise Invalid(wrong)
