"""Tests and their events from many sides at once."""

import random
from typing import Any

import pytest
from django.db import connection

from recotem.core.actor import Actor
from recotem.core.errors import DomainError
from recotem.core.models import AuditEntry
from recotem.experiments.errors import SlotBusy
from recotem.experiments.models import ABTest, ArmUser, ConversionEvent
from recotem.experiments.services.ab_tests import (
    cancel_test,
    promote_winner,
    start_test,
    stop_test,
)
from recotem.experiments.services.events import delete_event, record_events
from tests.experiments.events import event
from tests.experiments.test_events_at_once import N_CALLERS, at_once
from tests.experiments.test_rollups import check
from tests.factories import ABTestFactory, DeploymentSlotFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)


def refusal_of(work: Any, **arguments: Any) -> DomainError | None:
    try:
        work(**arguments)
    except DomainError as error:
        return error
    return None


def test_of_tests_on_one_slot_that_start_together_one_runs():
    project = ProjectFactory()
    slots = DeploymentSlotFactory.create_batch(N_CALLERS + 1, project=project)
    actor = Actor(project.owner)
    tests = [
        ABTestFactory(
            project=project,
            control_slot=slots[0 if number % 2 else number + 1],
            variant_slot=slots[number + 1 if number % 2 else 0],
        )
        for number in range(N_CALLERS)
    ]
    refusals = at_once(
        lambda number: refusal_of(start_test, actor=actor, test=tests[number])
    )
    assert ABTest.objects.filter(status="RUNNING").count() == 1
    assert [type(r) for r in refusals if r] == [SlotBusy] * (N_CALLERS - 1)


def test_of_promotions_that_come_together_one_happens():
    project = ProjectFactory()
    test = ABTestFactory(project=project, status="COMPLETED")
    actor, slots = Actor(project.owner), test.slot_ids
    refusals = at_once(
        lambda number: refusal_of(
            promote_winner, actor=actor, test=test, slot_id=slots[number % 2]
        )
    )
    assert len([refusal for refusal in refusals if refusal is None]) == 1
    assert project.slots.filter(is_active=True).count() == 1


def test_of_ends_that_come_together_one_happens():
    project = ProjectFactory()
    test = ABTestFactory(project=project)
    actor = Actor(project.owner)
    start_test(actor=actor, test=test)
    ends = (stop_test, cancel_test)
    refusals = at_once(
        lambda number: refusal_of(ends[number % 2], actor=actor, test=test)
    )
    test.refresh_from_db()
    assert len([refusal for refusal in refusals if refusal is None]) == 1
    assert test.status in {"COMPLETED", "CANCELLED"}
    noted = AuditEntry.objects.filter(kind="ab_test", action__in=["update", "cancel"])
    assert noted.count() == 2


def story(test: ABTest, seed: int) -> list[dict[str, Any]]:
    """Events of few users, in an order of its own."""
    chance = random.Random(seed)
    slots = [test.control_slot, test.variant_slot]
    return [
        event(
            chance.choice(slots),
            user_id=f"u{chance.randrange(40)}",
            event_type=chance.choice(["impression", "impression", "click", "purchase"]),
        )
        for _ in range(200)
    ]


def test_batches_that_come_together_are_all_counted():
    test = ABTestFactory()
    actor = Actor(test.project.owner)
    start_test(actor=actor, test=test)

    def send(number: int) -> int:
        batches = [story(test, number * 10 + n) for n in range(5)]
        return sum(record_events(actor=actor, sent={"events": b}) for b in batches)

    assert sum(at_once(send)) == 200 * 5 * N_CALLERS
    check(test)
    assert ArmUser.objects.count() == 80


def test_a_test_that_ends_and_events_that_go_while_others_come_are_exact():
    test = ABTestFactory()
    actor = Actor(test.project.owner)
    start_test(actor=actor, test=test)
    record_events(actor=actor, sent={"events": story(test, 0)})
    rows = list(ConversionEvent.objects.order_by("?")[:60])

    def work(number: int) -> None:
        if number == 0:
            for row in rows:
                delete_event(actor=actor, event=row)
        elif number == 1:
            record_events(actor=actor, sent={"events": story(test, 1)})
            stop_test(actor=actor, test=test)
        else:
            for n in range(4):
                sent = {"events": story(test, number * 10 + n)}
                record_events(actor=actor, sent=sent)

    at_once(work)
    check(test)
    assert ConversionEvent.objects.count() == 200 * 10 - 60
    connection.close()
