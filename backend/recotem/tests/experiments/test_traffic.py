"""What each slot showed and earned, day by day."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from recotem.core.actor import Actor
from recotem.experiments.services.events import record_events
from tests.experiments.events import event
from tests.factories import DeploymentSlotFactory

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def at_noon(days_ago: int = 0):
    return time_machine.travel(NOON - timedelta(days=days_ago), tick=False)


@pytest.fixture
def traffic(project):
    """Some of two slots on two days, and of somebody else."""
    slots = DeploymentSlotFactory.create_batch(2, project=project)
    happened = [
        (9, slots[0], {"impression": 3, "click": 1}),
        (0, slots[0], {"purchase": 2}),
        (0, slots[1], {"impression": 1}),
        (0, DeploymentSlotFactory(), {"impression": 5}),
    ]
    for days_ago, slot, kinds in happened:
        sent = [event(slot, event_type=k) for k, n in kinds.items() for _ in range(n)]
        with at_noon(days_ago):
            record_events(actor=Actor(slot.project.owner), sent={"events": sent})
    return slots


@pytest.mark.parametrize("days", ["0", "91", "many", "", "1.5"])
def test_a_wrong_span_is_refused(days, call_as, project):
    answer = call_as("viewer", "get", f"project/{project.pk}/traffic/", {"days": days})
    assert answer.status_code == 400
    assert answer.json()["days"]


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("key_predict", 403), ("key_read", 200)]
)
def test_who_may_look(who, status, call_as, project):
    answer = call_as(who, "get", f"project/{project.pk}/traffic/")
    assert answer.status_code == status


def test_days_with_events_come_in_order_and_others_not_at_all(
    call_as, project, traffic
):
    with at_noon():
        found = call_as("viewer", "get", f"project/{project.pk}/traffic/").json()
    zeros = dict.fromkeys(
        ("impressions", "clicks", "purchases", "requests", "unknown_users"), 0
    )
    first, second = ({"slot": it.pk, "slot_name": it.name} for it in traffic)
    assert found["days"] == [
        {**zeros, "day": "2026-03-11", **first, "impressions": 3, "clicks": 1},
        {**zeros, "day": "2026-03-20", **first, "purchases": 2},
        {**zeros, "day": "2026-03-20", **second, "impressions": 1},
    ]


@pytest.mark.parametrize(("days", "n"), [(1, 2), (9, 2), (10, 3)])
def test_the_span_ends_today(days, n, call_as, project, traffic):
    path = f"project/{project.pk}/traffic/"
    with at_noon():
        found = call_as("viewer", "get", path, {"days": days}).json()
    assert len(found["days"]) == n
