"""A running test is given a past: dated events, counted as if they had just come."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.errors import DomainError, Forbidden, Invalid
from recotem.core.models import AuditEntry
from recotem.experiments.errors import WrongState
from recotem.experiments.models import ABTest, ConversionEvent
from recotem.experiments.results import results_of
from recotem.experiments.sent_events import EventKind
from recotem.experiments.services.ab_tests import start_test, stop_test
from recotem.experiments.services.events import record_events
from recotem.experiments.services.history import HistoryEvent, import_history
from tests.experiments.events import event
from tests.factories import (
    ABTestFactory,
    DeploymentSlotFactory,
    ProjectFactory,
    UserFactory,
)

NOW = timezone.now().replace(microsecond=0)
BEGIN = NOW - timedelta(days=21)


@pytest.fixture
def test(db: None) -> ABTest:
    project = ProjectFactory()
    slots = DeploymentSlotFactory.create_batch(2, project=project)
    draft = ABTestFactory(project=project, control_slot=slots[0], variant_slot=slots[1])
    return start_test(actor=Actor(project.owner), test=draft)


def past(
    test: ABTest, arm: int, kind: EventKind, day: float, **values: Any
) -> HistoryEvent:
    given = {"user_id": "u1", "item_id": "i1", "request_id": uuid4(), **values}
    return HistoryEvent(
        slot_id=test.slot_ids[arm],
        event_type=kind,
        timestamp=BEGIN + timedelta(days=day),
        **given,
    )


def bring(test: ABTest, *events: HistoryEvent, begin: datetime = BEGIN) -> int:
    actor = Actor(test.project.owner)
    return import_history(actor=actor, test=test, started_at=begin, events=events)


def test_events_keep_their_times_and_are_counted_on_their_days(test: ABTest) -> None:
    request = uuid4()
    n_new = bring(
        test,
        past(test, 0, "impression", 0.5, request_id=request),
        past(test, 0, "click", 0.6, request_id=request),
        past(test, 1, "impression", 3, user_id="u2"),
        past(test, 1, "impression", 9, user_id="u2"),
    )
    test.refresh_from_db()
    results = results_of(test)
    assert n_new == 4
    assert test.started_at == BEGIN
    times = set(ConversionEvent.objects.values_list("timestamp", flat=True))
    assert times == {BEGIN + timedelta(days=day) for day in (0.5, 0.6, 3, 9)}
    assert (results["control_impressions"], results["control_conversions"]) == (1, 1)
    assert (results["variant_impressions"], results["variant_conversions"]) == (1, 0)
    assert [row["day"] for row in results["days"]] == [
        (BEGIN + timedelta(days=day)).astimezone(UTC).date() for day in (0.5, 3)
    ]


def test_events_that_come_later_are_counted_with_the_past(test: ABTest) -> None:
    bring(test, past(test, 0, "impression", 1))
    click = event(test.control_slot, event_type="click")
    record_events(actor=Actor(test.project.owner), sent={"events": [click]})
    test.refresh_from_db()
    assert results_of(test)["control_conversions"] == 1


def test_the_same_past_twice_counts_once(test: ABTest) -> None:
    events = [past(test, 0, "impression", day) for day in range(3)]
    assert (bring(test, *events), bring(test, *events)) == (3, 0)
    assert ConversionEvent.objects.count() == 3


def test_a_begin_that_moved_is_in_the_audit_log(test: ABTest) -> None:
    bring(test)
    entry = AuditEntry.objects.order_by("-id").first()
    assert entry is not None
    assert entry.after["started_at"] == BEGIN.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("day", "begin"), [(-1, BEGIN), (22, BEGIN), (5, NOW + timedelta(days=1))]
)
def test_times_that_cannot_be_are_refused(
    test: ABTest, day: float, begin: datetime
) -> None:
    refused(test, Invalid, past(test, 0, "click", day), begin=begin)


def test_an_event_of_another_slot_is_refused(test: ABTest) -> None:
    other = DeploymentSlotFactory(project=test.project)
    refused(test, Invalid, past(test, 0, "click", 1)._replace(slot_id=other.pk))


def test_a_test_that_does_not_run_is_refused(test: ABTest) -> None:
    stop_test(actor=Actor(test.project.owner), test=test)
    refused(test, WrongState, past(test, 0, "click", 1))


def test_strangers_are_refused(test: ABTest) -> None:
    with pytest.raises(Forbidden):
        import_history(
            actor=Actor(UserFactory()), test=test, started_at=BEGIN, events=[]
        )


def refused(
    test: ABTest,
    error: type[DomainError],
    event: HistoryEvent,
    *,
    begin: datetime = BEGIN,
) -> None:
    """It raises, and nothing of it is kept."""
    test.refresh_from_db()
    started = test.started_at
    good = past(test, 0, "impression", 2)
    with pytest.raises(error):
        bring(test, good, event, begin=begin)
    test.refresh_from_db()
    assert test.started_at == started
    assert not ConversionEvent.objects.exists()
