"""Tests without a difference, told by events: assignment, counting and analysis as they
are in service.

`ORACLE_RUNS` tests (20, or 2,000 by `make test-oracle`) run at once for 14 days, with
40 new users a day each, of whom 10 % click at a visit and 20 % come again on each later
day; seed 6.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched

import numpy as np
import pytest
import time_machine
from django.db import transaction

from recotem.experiments.analysis.rates import Arm, compare_at_any_time
from recotem.experiments.analysis.sequences import Sequence, progress_of
from recotem.experiments.event_rows import insert_events
from recotem.experiments.models import ABTest, ArmDay
from recotem.experiments.results import results_of
from recotem.experiments.sent_events import SentEvent
from recotem_contracts.assignment import assign
from tests.factories import ABTestFactory, DeploymentSlotFactory, ProjectFactory

RUNS = int(os.environ.get("ORACLE_RUNS", "20"))
DAYS, DAILY, RATE, AGAIN = 14, 40, 0.1, 0.2
PLANNED = DAYS * DAILY // 2
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_events_of_equal_arms_hardly_ever_make_a_winner():
    tests = running_tests()
    chance = np.random.default_rng(6)
    people = {test.pk: People(test) for test in tests}
    alarmed: set[int] = set()
    for day in range(DAYS):
        with time_machine.travel(BEGIN + timedelta(days=day, hours=12), tick=False):
            events = (e for one in people.values() for e in one.visits(day, chance))
            for some in batched(events, 5000):
                with transaction.atomic():
                    insert_events(some)
        alarmed |= {pk for pk, found in looks(tests).items() if found.significant}
    print(f"False alarms: {len(alarmed)} of {RUNS} tests.")  # noqa: T201
    assert len(alarmed) <= max(3, 0.05 * RUNS)
    for test in tests[:5]:
        results = results_of(test)
        assert people[test.pk].counted() == tuple(
            results[f"{arm}_{what}"]
            for arm in ("control", "variant")
            for what in ("impressions", "conversions")
        )
        assert not results["assignment"]["is_broken"]


def running_tests() -> list[ABTest]:
    project = ProjectFactory()
    model = DeploymentSlotFactory(project=project).trained_model
    return [
        ABTestFactory(
            project=project,
            control_slot=DeploymentSlotFactory(project=project, trained_model=model),
            variant_slot=DeploymentSlotFactory(project=project, trained_model=model),
            status="RUNNING",
            started_at=BEGIN,
            variant_share=0.5,
            min_sample_size=PLANNED,
        )
        for _ in range(RUNS)
    ]


class People:
    """Users of one test, each in the slot to which it is assigned."""

    def __init__(self, test: ABTest) -> None:
        self._test = test
        self._slots = [(slot, 50.0) for slot in test.slot_ids]
        self._slot_of: list[int] = []
        self._clicked: set[int] = set()

    def visits(self, day: int, chance: np.random.Generator) -> Iterator[SentEvent]:
        salt, known = self._test.project.assignment_salt, len(self._slot_of)
        for user in range(known, known + DAILY):
            slot = assign(salt, f"user-{user}", self._slots)
            assert slot is not None
            self._slot_of.append(slot)
        again = np.flatnonzero(chance.random(known) < AGAIN)
        for user in (*again.tolist(), *range(known, known + DAILY)):
            yield self._event(user, "impression")
            if chance.random() < RATE:
                self._clicked.add(user)
                yield self._event(user, "click")

    def _event(self, user: int, kind: str) -> SentEvent:
        return SentEvent(
            project=self._test.project_id,
            deployment_slot=self._slot_of[user],
            user_id=f"user-{user}",
            event_type=kind,
        )

    def counted(self) -> tuple[int, ...]:
        """Users and converted users of both arms."""
        return tuple(
            count
            for slot in self._test.slot_ids
            for count in (
                self._slot_of.count(slot),
                sum(self._slot_of[user] == slot for user in self._clicked),
            )
        )


def looks(tests: list[ABTest]) -> dict[int, object]:
    """What each test's owner reads now."""
    arms = {slot: Arm(0, 0) for test in tests for slot in test.slot_ids}
    for day in ArmDay.objects.all():
        arms[day.slot_id] += Arm(day.users, day.clickers)
    found = {}
    for test in tests:
        control, variant = (arms[slot] for slot in test.slot_ids)
        progress = progress_of(control.users, variant.users, PLANNED)
        sequence = Sequence(progress, test.confidence_level)
        found[test.pk] = compare_at_any_time(control, variant, sequence)
    return found
