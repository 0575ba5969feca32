"""What a test counts is what a count over its raw events gives, whatever came when."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recotem.core.actor import Actor
from recotem.experiments.models import ABTest, ArmDay, ArmUser, ConversionEvent, SlotDay
from recotem.experiments.results import results_of
from recotem.experiments.services.ab_tests import start_test, stop_test
from recotem.experiments.services.events import (
    delete_event,
    record_event,
    record_events,
)
from recotem.experiments.services.exposures import store_batch
from recotem.experiments.services.rollups import rebuild
from recotem_contracts.exposures import Exposure, ExposureBatch
from tests.experiments.events import event
from tests.factories import ABTestFactory, DeploymentSlotFactory, ProjectFactory

METRICS = {
    "ctr": {"click"},
    "purchase_rate": {"purchase"},
    "conversion_rate": {"click", "purchase"},
}
STARTED, STOPPED = -40, 40


@pytest.fixture
def test(db: None) -> ABTest:
    return a_test()


def a_test(**values: Any) -> ABTest:
    """On two of the three slots of a project."""
    project = ProjectFactory()
    slots = DeploymentSlotFactory.create_batch(3, project=project)
    return ABTestFactory(
        project=project,
        control_slot=slots[0],
        variant_slot=slots[1],
        min_sample_size=1,
        **values,
    )


@contextmanager
def at(hour: int) -> Iterator[None]:
    """Do something this many hours after a midnight, UTC."""
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
    with time_machine.travel(now, tick=False):
        yield


def events_of(test: ABTest) -> list[ConversionEvent]:
    rows = ConversionEvent.objects.filter(deployment_slot__in=test.slot_ids)
    return [
        row
        for row in rows
        if test.started_at is not None
        and test.started_at <= row.timestamp
        and (test.ended_at is None or row.timestamp < test.ended_at)
    ]


def is_attributed(
    test: ABTest, event: ConversionEvent, own: list[ConversionEvent]
) -> bool:
    """Whether the test counts an event, given all of its arm."""
    if event.event_type == "impression":
        return True
    hours = test.attribution_hours
    window = timedelta.max if hours is None else timedelta(hours=hours)
    shown = [
        row
        for row in own
        if row.event_type == "impression"
        and row.user_id == event.user_id
        and event.timestamp - row.timestamp <= window
    ]
    if test.attribution == "request":
        request = event.recommendation_request_id
        return any(request == row.recommendation_request_id for row in shown if request)
    return hours is None or any(row.timestamp <= event.timestamp for row in shown)


def counted_by_hand(test: ABTest) -> dict[str, Any]:
    """Arms and days of the results, by sets of users over the raw rows."""
    days: dict[Any, dict[str, int]] = {}
    wanted = METRICS[test.target_metric_name]
    for name, slot in zip(("control", "variant"), test.slot_ids, strict=True):
        own = [row for row in events_of(test) if row.deployment_slot_id == slot]
        own = [row for row in own if is_attributed(test, row, own)]
        converted = {row.user_id for row in own if row.event_type in wanted}
        first: dict[str, Any] = {}
        for row in own:
            if row.event_type == "impression":
                day = row.timestamp.astimezone(UTC).date()
                first[row.user_id] = min(first.get(row.user_id, day), day)
        for user, day in first.items():
            row = days.setdefault(day, dict.fromkeys(COUNTS, 0))
            row[f"{name}_impressions"] += 1
            row[f"{name}_conversions"] += user in converted
    return {
        **{name: sum(row[name] for row in days.values()) for name in COUNTS},
        "days": [{"day": day, **row} for day, row in sorted(days.items())],
    }


COUNTS = [
    f"{arm}_{what}"
    for arm in ("control", "variant")
    for what in ("impressions", "conversions")
]


def check(test: ABTest) -> None:
    """By hand, for each metric; and with all sums, by a count of everything anew."""
    test.refresh_from_db()
    for metric in METRICS:
        test.target_metric_name = metric
        by_hand = counted_by_hand(test)
        results = results_of(test)
        days = [{n: day[n] for n in ("day", *COUNTS)} for day in results["days"]]
        found = {**{name: results[name] for name in COUNTS}, "days": days}
        assert found == by_hand
    assert slot_days() == slot_days_by_hand()
    kept = everything(test)
    with transaction.atomic():
        rebuild(test)
        anew = everything(test)
        transaction.set_rollback(True)
    assert kept == anew


def slot_days() -> dict[Any, int]:
    return {
        (row.slot_id, row.day, kind): getattr(row, f"{kind}s")
        for row in SlotDay.objects.all()
        for kind in ConversionEvent.EventType.values
        if getattr(row, f"{kind}s")
    }


def slot_days_by_hand() -> dict[Any, int]:
    return Counter(
        (row.deployment_slot_id, row.timestamp.astimezone(UTC).date(), row.event_type)
        for row in ConversionEvent.objects.all()
    )


def everything(test: ABTest) -> list[dict[str, Any]]:
    days = ArmDay.objects.filter(test=test, users__gt=0).order_by("slot_id", "day")
    users = ArmUser.objects.filter(test=test).order_by("slot_id", "user_id")
    names = ("slot_id", "user_id", "impressions", "clicks", "purchases", "exposed_on")
    counted = [row for row in users.values(*names) if any(row[n] for n in names[2:5])]
    return [*days.values(), *counted]


#: (slot, user, type, request): few of each, so that they meet.
EVENTS = st.tuples(
    st.sampled_from([0, 0, 0, 1, 2]),
    st.sampled_from(["u1", "u2", "ü"]),
    st.sampled_from(["impression", "click", "purchase"]),
    st.none() | st.integers(1, 6),
)

#: (slot, user, hours ago, request): they come late, and some twice.
EXPOSURES = st.tuples(
    st.sampled_from([0, 0, 1, 2]),
    st.sampled_from(["u1", "u2", None]),
    st.integers(0, 30),
    st.integers(1, 6),
)


def actions(first: int, last: int, n: int) -> st.SearchStrategy[list[Any]]:
    """At most n things that happen in these hours, in any order."""
    hours = st.integers(first, last)
    action = st.one_of(
        st.tuples(st.just("batch"), hours, st.lists(EVENTS, min_size=1, max_size=8)),
        st.tuples(st.just("single"), hours, EVENTS),
        st.tuples(st.just("delete"), hours, st.integers(0, 50)),
        st.tuples(st.just("recorded"), hours, st.lists(EXPOSURES, max_size=5)),
    )
    return st.lists(action, max_size=n)


class Story:
    def __init__(self, test: ABTest) -> None:
        project = test.project
        self.test, self.actor = test, Actor(project.owner)
        self.slots = list(project.slots.order_by("id"))

    def tell(self, action: tuple[str, int, Any]) -> None:
        name, hour, value = action
        with at(hour):
            steps: dict[str, Callable[[Any], object]] = {
                "batch": self.batch,
                "single": lambda one: record_event(actor=self.actor, sent=self.of(one)),
                "delete": self.delete,
                "recorded": self.record,
            }
            steps[name](value)

    def of(self, one: tuple[int, str, str, int | None]) -> dict[str, Any]:
        slot, user, kind, request = one
        request_id = str(UUID(int=request)) if request else None
        return event(
            self.slots[slot],
            user_id=user,
            event_type=kind,
            recommendation_request_id=request_id,
        )

    def batch(self, events: Any) -> None:
        sent = {"events": [self.of(one) for one in events]}
        record_events(actor=self.actor, sent=sent)

    def record(self, shown: Any) -> None:
        exposures = [
            Exposure(
                project=self.test.project_id,
                slot=self.slots[slot].pk,
                time=timezone.now() - timedelta(hours=hours),
                user_id=user,
                request_id=user and UUID(int=request),
                items=["a", "b"],
            )
            for slot, user, hours, request in shown
        ]
        store_batch(ExposureBatch(id=uuid4(), exposures=exposures))

    def delete(self, number: int) -> None:
        rows = ConversionEvent.objects.order_by("id")
        if rows:
            delete_event(actor=self.actor, event=rows[number % len(rows)])


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rule=st.tuples(st.sampled_from(["user", "request"]), st.none() | st.integers(1, 9)),
    before=actions(STARTED - 50, STARTED - 1, 3),
    during=actions(STARTED, STOPPED - 1, 12),
    after=actions(STOPPED, STOPPED + 50, 4),
)
def test_every_story_of_events_is_counted_as_by_hand(rule, before, during, after, test):
    with transaction.atomic():
        ABTest.objects.update(attribution=rule[0], attribution_hours=rule[1])
        story = Story(test)
        for action in before:
            story.tell(action)
        with at(STARTED):
            start_test(actor=story.actor, test=test)
        for action in during:
            story.tell(action)
        check(test)
        with at(STOPPED):
            stop_test(actor=story.actor, test=test)
        for action in after:
            story.tell(action)
        check(test)
        transaction.set_rollback(True)


def test_nobody_converts_a_hundred_times_nor_without_having_seen_anything(test):
    story = Story(test)
    with at(0):
        start_test(actor=story.actor, test=test)
        story.batch([(0, "u1", "impression", None)] + [(0, "u1", "click", None)] * 100)
        story.batch([(0, "u2", "click", None), (1, "u1", "purchase", None)])
    test.refresh_from_db()
    results = results_of(test)
    assert (results["control_impressions"], results["control_conversions"]) == (1, 1)
    assert (results["variant_impressions"], results["variant_conversions"]) == (0, 0)
    with at(50):
        story.batch([(0, "u2", "impression", None)])
    assert results_of(test)["control_conversions"] == 2
    check(test)


@pytest.mark.parametrize(("late", "clicks"), [(0, 1), (1, 0)])
@pytest.mark.parametrize("rule", ["user", "request"])
def test_the_last_hour_ends_with_its_last_microsecond(rule, late, clicks, test):
    ABTest.objects.update(attribution=rule, attribution_hours=1)
    story = Story(test)
    with at(0):
        start_test(actor=story.actor, test=test)
    shown = datetime(2026, 3, 1, 12, 59, 59, 999_999, UTC)
    clicked = shown + timedelta(hours=1, microseconds=late)
    for kind, moment in (("impression", shown), ("click", clicked)):
        with time_machine.travel(moment, tick=False):
            story.batch([(0, "u1", kind, 1)])
    assert ArmUser.objects.get().clicks == clicks
    check(test)


def test_more_conversions_than_impressions_are_no_failure(call_as, project):
    slots = DeploymentSlotFactory.create_batch(2, project=project)
    test = ABTestFactory(project=project, control_slot=slots[0], variant_slot=slots[1])
    path = f"ab_test/{test.pk}/"
    call_as("editor", "post", f"{path}start/")
    sent = [event(slots[0], event_type="impression"), *[event(slots[0])] * 5]
    sent += [event(slots[1], user_id=f"u{n}") for n in range(9)]
    call_as("key_predict", "post", "conversion_event/batch/", {"events": sent})
    answer = call_as("viewer", "get", f"{path}results/")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["control_rate"], found["variant_rate"]) == (1, 0)
    assert found["confidence_interval"] == [-1, 1]
    assert found["lift"] == -100
    assert not found["sufficient_data"]


@pytest.mark.parametrize("status", ["DRAFT", "CANCELLED"])
def test_a_test_that_never_ran_has_empty_results(status, call_as, project):
    test = ABTestFactory(project=project, status=status)
    found = call_as("viewer", "get", f"ab_test/{test.pk}/results/").json()
    assert {found[name] for name in COUNTS} == {0}
    assert (found["lift"], found["days"]) == (None, [])


def test_results_read_as_many_rows_for_one_user_as_for_many(
    test, django_assert_num_queries
):
    story = Story(test)
    with at(0):
        start_test(actor=story.actor, test=test)
        story.batch([(0, "u1", "impression", None)])
        sent = [
            event(story.slots[1], user_id=f"u{n}", event_type="impression")
            for n in range(500)
        ]
        record_events(actor=story.actor, sent={"events": sent})
    assert ArmDay.objects.count() == 2
    test = ABTest.objects.select_related("project", "control_slot", "variant_slot").get(
        pk=test.pk
    )
    with django_assert_num_queries(5):
        assert results_of(test)["variant_impressions"] == 500
