"""The same events from many sides at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from recotem.core.actor import Actor
from recotem.experiments.models import ConversionEvent
from recotem.experiments.services.events import record_event, record_events
from tests.experiments.events import of_requests
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
