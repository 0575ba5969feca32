"""What is read of a test, and what a test would take."""

from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

import pytest
import time_machine

from recotem.core.actor import Actor
from recotem.experiments.models import ABTest
from recotem.experiments.services.ab_tests import start_test
from recotem.experiments.services.events import record_events
from recotem_contracts.assignment import assign
from tests.experiments.events import event
from tests.factories import ABTestFactory, DeploymentSlotFactory

MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def test(project):
    slots = DeploymentSlotFactory.create_batch(2, project=project)
    return ABTestFactory(
        project=project, control_slot=slots[0], variant_slot=slots[1], name="button"
    )


@pytest.fixture
def begin(test):
    """Start the test on a morning."""

    def start() -> ABTest:
        with time_machine.travel(MORNING, tick=False):
            return start_test(actor=Actor(test.project.owner), test=test)

    return start


@pytest.fixture
def send(project):
    """Events that come so many days later than some moment."""

    def post(
        day: float, events: list[dict[str, Any]], since: datetime = MORNING
    ) -> None:
        with time_machine.travel(since + timedelta(days=day), tick=False):
            for some in batched(events, 1000):
                record_events(actor=Actor(project.owner), sent={"events": [*some]})

    return post


@pytest.fixture
def results(call_as, test):
    return lambda: call_as("viewer", "get", f"ab_test/{test.pk}/results/").json()


def of_users(
    test: ABTest, slot: Any, users: range, clicks: int
) -> list[dict[str, Any]]:
    """Each saw something; the first so many clicked."""
    seen = [event(slot, user_id=f"u{n}", event_type="impression") for n in users]
    clicked = [event(slot, user_id=f"u{n}", event_type="click") for n in users[:clicks]]
    return [*seen, *clicked]


def at_home(test: ABTest, n: int) -> dict[int, list[int]]:
    """Users by the slot that they are assigned to."""
    slots = [(slot, 100) for slot in test.slot_ids]
    found: dict[int, list[int]] = {slot: [] for slot in test.slot_ids}
    for user in range(n):
        slot = assign(test.project.assignment_salt, f"u{user}", slots)
        found[slot].append(user)
    return found


def test_a_draft_has_no_verdict_and_no_split(results):
    found = results()
    assert (found["verdict"]["state"], found["split"]) == ("draft", None)
    assert found["any_time"] == {
        "p_value": 1.0,
        "significant": False,
        "difference": [-1.0, 1.0],
        "lift": None,
    }


@pytest.mark.parametrize("change", [{"weight": 0}, {"is_active": False}])
def test_a_slot_without_traffic_lets_no_test_start(change, call_as, test):
    slot = test.variant_slot
    for name, value in change.items():
        setattr(slot, name, value)
    slot.save()
    answer = call_as("editor", "post", f"ab_test/{test.pk}/start/")
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_idle")
    assert slot.name in answer.json()["detail"]
    test.refresh_from_db()
    assert (test.status, test.started_at) == ("DRAFT", None)


def test_the_planned_split_is_that_of_the_weights_at_the_start(
    call_as, begin, send, results, test
):
    test.control_slot.weight = 25
    test.control_slot.save()
    started = begin()
    assert started.variant_share == 0.8
    send(0.1, of_users(test, test.control_slot, range(20), 2))
    send(0.1, of_users(test, test.variant_slot, range(20, 100), 8))
    assert call_as("editor", "post", f"ab_test/{test.pk}/stop/").status_code == 200
    path = f"deployment_slot/{test.control_slot_id}/"
    assert call_as("editor", "patch", path, {"weight": 100}).status_code == 200
    split = results()["split"]
    assert (split["planned_share"], split["share"]) == (0.8, 0.8)
    assert not split["is_broken"]


def test_a_wrong_split_is_the_first_thing_that_is_said(begin, send, results, test):
    begin()
    send(0.1, of_users(test, test.control_slot, range(400), 0))
    send(0.1, of_users(test, test.variant_slot, range(1000, 1600), 200))
    found = results()
    assert found["split"]["is_broken"]
    assert found["verdict"]["state"] == "broken"
    assert "40.0/60.0" in found["verdict"]["sentence"]


def test_users_in_the_other_slot_than_theirs_are_found(begin, send, results, test):
    begin()
    homes = at_home(test, 400)
    control, variant = test.control_slot, test.variant_slot
    users = {slot.pk: homes[slot.pk][:150] for slot in (control, variant)}
    for slot in (control, variant):
        send(
            0.1,
            [
                e
                for n in users[slot.pk]
                for e in of_users(test, slot, range(n, n + 1), 0)
            ],
        )
    assert results()["assignment"] == {
        "users": 300,
        "elsewhere": 0,
        "is_broken": False,
    }
    strangers = homes[variant.pk][150:160]
    send(
        0.2, [e for n in strangers for e in of_users(test, control, range(n, n + 1), 0)]
    )
    assert results()["assignment"] == {
        "users": 310,
        "elsewhere": 10,
        "is_broken": True,
    }


def test_each_day_shows_what_was_known_until_then(begin, send, results, test):
    begin()
    control, variant = test.control_slot, test.variant_slot
    send(0.1, of_users(test, control, range(100), 10))
    send(0.1, of_users(test, variant, range(100, 200), 30))
    send(2, of_users(test, control, range(200, 500), 30))
    send(2, of_users(test, variant, range(500, 800), 90))
    found = results()
    first, last = found["days"]
    assert (first["day"], last["day"]) == ("2026-03-01", "2026-03-03")
    assert (first["control_rate"], last["control_rate"]) == (0.1, 0.1)
    assert (first["variant_rate"], last["variant_rate"]) == (0.3, 0.3)
    assert last["difference"] == found["any_time"]["difference"]
    widths = [day["difference"][1] - day["difference"][0] for day in (first, last)]
    assert widths[1] < widths[0] / 1.5
    assert found["any_time"]["significant"]
    assert found["verdict"]["state"] == "better"


def test_ratios_of_events_count_every_event(begin, send, results, test):
    begin()
    for slot, clicks in ((test.control_slot, 1), (test.variant_slot, 2)):
        for user in range(30):
            name = f"{slot.pk}-{user}"
            seen = event(slot, user_id=name, event_type="impression")
            clicked = event(slot, user_id=name, event_type="click")
            send(0.1, [seen] * 10 + [clicked] * (clicks + user % 2))
    ratios = {row["name"]: row for row in results()["ratios"]}
    row = ratios["clicks_per_impression"]
    assert (row["control"], row["variant"]) == (0.15, 0.25)
    low, high = row["lift"]
    assert 0 < low < 100 * 2 / 3 < high
    nothing = ratios["purchases_per_click"]
    assert (nothing["control"], nothing["variant"], nothing["lift"]) == (0, 0, None)


def plan(call_as, test, **query: Any) -> Any:
    sent = {"control_slot": test.control_slot_id, "variant_slot": test.variant_slot_id}
    path = f"project/{test.project_id}/ab_test_plan/"
    return call_as("viewer", "get", path, {**sent, **query})


def test_without_history_a_plan_needs_a_rate(call_as, test):
    nothing = plan(call_as, test).json()
    assert nothing["rate"] is None
    assert (nothing["users"], nothing["days"], nothing["days_of_history"]) == (
        None,
        None,
        0,
    )
    given = plan(call_as, test, rate=0.1).json()
    assert given["days"] is None
    assert given["users"] > given["users_looking_once"] > 50_000


def test_a_plan_goes_by_what_the_project_has_seen(call_as, send, test):
    bystander = DeploymentSlotFactory(project=test.project, weight=50)
    since = datetime.now(UTC) - timedelta(days=3)
    for day in range(4):
        users = range(day * 1000, day * 1000 + 300)
        send(day, of_users(test, test.control_slot, users, 60), since)
        others = range(day * 1000 + 500, day * 1000 + 700)
        send(day, of_users(test, bystander, others, 0), since)
    found = plan(call_as, test, lift=20).json()
    assert (found["rate"], found["days_of_history"]) == (0.2, 4)
    # 500 users a day, of whom two fifths will meet the smaller arm
    assert found["users_per_day"] == pytest.approx(200)
    assert found["days"] == -(-found["users"] // 200)
    easier = plan(call_as, test, lift=40, rate=0.2).json()
    assert easier["users"] < found["users"] / 3
    surer = plan(call_as, test, lift=20, rate=0.2, power=0.95).json()
    assert surer["users"] > found["users"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"variant_slot": 2**40}, "variant_slot"),
        ({"control_slot": ""}, "control_slot"),
        ({"lift": 0}, "lift"),
        ({"power": 1}, "power"),
        ({"rate": 1}, "rate"),
        ({"target_metric_name": "revenue"}, "target_metric_name"),
    ],
)
def test_a_wrong_question_is_refused(query, field, call_as, test):
    answer = plan(call_as, test, **query)
    assert (answer.status_code, field in answer.json()) == (400, True)


def test_a_slot_of_another_project_of_mine_is_not_found(call_as, people, test):
    foreign = DeploymentSlotFactory(project__owner=people.project.owner)
    answer = plan(call_as, test, control_slot=foreign.pk)
    assert (answer.status_code, answer.json()["control_slot"]) == (400, ["not found"])
