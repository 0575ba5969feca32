"""The same events from many sides at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import connections

from recotem.core.actor import Actor
from recotem.core.errors import DomainError
from recotem.deployment.models import DeploymentSlot
from recotem.deployment.services.slots import delete_slot
from recotem.experiments.models import ConversionEvent
from recotem.experiments.services.ab_tests import start_test
from recotem.experiments.services.events import record_event, record_events
from recotem.projects.services import delete_project
from tests.experiments.events import of_requests
from tests.experiments.test_rollups import a_test, check
from tests.factories import DeploymentSlotFactory

N_CALLERS = 4


def at_once(work):
    """What `work(number)` gives to callers that start together."""
    start = Barrier(N_CALLERS)

    def call(number: int) -> object:
        try:
            start.wait(timeout=60)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(N_CALLERS) as pool:
        return list(pool.map(call, range(N_CALLERS)))


@pytest.mark.django_db(transaction=True)
def test_each_event_is_created_by_one_of_those_who_send_it():
    slot = DeploymentSlotFactory()
    actor = Actor(slot.project.owner)
    events = of_requests(slot, 500)
    orders = [events, events[::-1], events[250:] + events[:250], events[::2]]
    created = at_once(
        lambda number: record_events(actor=actor, sent={"events": orders[number]})
    )
    assert sum(created) == ConversionEvent.objects.count() == 500


@pytest.mark.django_db(transaction=True)
def test_a_single_event_sent_by_many_is_one_row_to_all_of_them():
    slot = DeploymentSlotFactory()
    actor = Actor(slot.project.owner)
    [sent] = of_requests(slot, 1)
    rows = at_once(lambda _: record_event(actor=actor, sent=sent))
    assert {row.pk for row in rows} == {ConversionEvent.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_users_who_are_counted_anew_by_many_at_once_are_counted_right():
    test = a_test(attribution="request", attribution_hours=1)
    actor = Actor(test.project.owner)
    start_test(actor=actor, test=test)
    shown, clicked = (
        [
            {**sent, "user_id": f"u{n % 7}", "item_id": f"i{n}", "event_type": kind}
            for n, sent in enumerate(requests)
        ]
        for requests in [of_requests(test.control_slot, 120)]
        for kind in ("impression", "click")
    )

    def work(number: int) -> None:
        for some in (clicked[number::N_CALLERS], shown[number::N_CALLERS]):
            for start in range(0, len(some), 6):
                sent = {"events": some[start : start + 6]}
                record_events(actor=actor, sent=sent)

    at_once(work)
    check(test)


def _delete_slot(actor: Actor, slot: DeploymentSlot) -> None:
    delete_slot(actor=actor, slot=slot)


def _delete_project(actor: Actor, slot: DeploymentSlot) -> None:
    delete_project(actor=actor, project=slot.project)


@pytest.mark.parametrize("delete", [_delete_slot, _delete_project])
@pytest.mark.django_db(transaction=True)
def test_events_never_stay_behind_a_slot_that_is_deleted_as_they_come(delete):
    slots = DeploymentSlotFactory.create_batch(12)
    for slot in slots:
        actor = Actor(slot.project.owner)
        events = of_requests(slot, 40)

        def work(number: int, slot=slot, actor=actor, events=events) -> None:
            with suppress(DomainError):
                if number:
                    record_events(actor=actor, sent={"events": events[number::3]})
                else:
                    delete(actor, slot)

        at_once(work)
    left = DeploymentSlot.objects.values("pk")
    assert not ConversionEvent.objects.exclude(deployment_slot__in=left).exists()
