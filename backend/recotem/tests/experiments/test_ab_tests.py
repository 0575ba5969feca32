"""Tests: what is refused, and what each step does."""

from typing import Any

import pytest

from recotem.core.models import AuditEntry
from recotem.experiments.models import ABTest, ArmDay, ArmUser
from tests.experiments.events import event
from tests.factories import ABTestFactory, DeploymentSlotFactory

ROUTE = "ab_test/"
STARTED = ("RUNNING", "COMPLETED", "CANCELLED")


@pytest.fixture
def other(project):
    return DeploymentSlotFactory(project=project)


@pytest.fixture
def test(project, slot, other):
    return ABTestFactory(project=project, control_slot=slot, variant_slot=other)


@pytest.fixture
def running(call_as, test):
    assert call_as("editor", "post", f"{ROUTE}{test.pk}/start/").status_code == 200
    return test


def body(project, control, variant, **values: Any) -> dict[str, Any]:
    return {
        "project": project.pk,
        "name": "button",
        "control_slot": control.pk,
        "variant_slot": variant.pk,
        **values,
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"control_slot": None}, "control_slot"),
        ({"variant_slot": 2**40}, "variant_slot"),
        ({"target_metric_name": "revenue"}, "target_metric_name"),
        ({"min_sample_size": 0}, "min_sample_size"),
        ({"min_sample_size": 2**31}, "min_sample_size"),
        ({"confidence_level": 0.49}, "confidence_level"),
        ({"confidence_level": 1}, "confidence_level"),
        ({"confidence_level": "high"}, "confidence_level"),
        ({"attribution": "session"}, "attribution"),
        ({"attribution_hours": 0}, "attribution_hours"),
        ({"attribution_hours": 8761}, "attribution_hours"),
    ],
)
def test_a_wrong_test_is_refused(values, field, call_as, test):
    sent = body(test.project, test.control_slot, test.variant_slot, **values)
    answers = [
        call_as("editor", "post", ROUTE, sent),
        call_as("editor", "patch", f"{ROUTE}{test.pk}/", values),
    ]
    for answer in answers:
        assert (answer.status_code, field in answer.json()) == (400, True)


def test_one_slot_is_not_both_arms(call_as, project, slot, other, test):
    path = f"{ROUTE}{test.pk}/"
    answers = [
        call_as("editor", "post", ROUTE, body(project, slot, slot)),
        call_as("editor", "patch", path, {"variant_slot": slot.pk}),
        call_as("editor", "patch", path, {"control_slot": other.pk}),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["variant_slot"]


@pytest.mark.parametrize("name", ["control_slot", "variant_slot"])
def test_a_slot_of_another_project_of_mine_is_refused(name, call_as, people, test):
    elsewhere = DeploymentSlotFactory(project=people.other_project)
    sent = body(test.project, test.control_slot, test.variant_slot)
    sent[name] = elsewhere.pk
    answers = [
        call_as("owner", "post", ROUTE, sent),
        call_as("owner", "patch", f"{ROUTE}{test.pk}/", {name: elsewhere.pk}),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()[name]


def test_results_and_state_cannot_be_written(call_as, project, slot, other):
    written = {
        "status": "COMPLETED",
        "winner_slot": other.pk,
        "started_at": "2026-01-01",
    }
    made = call_as("editor", "post", ROUTE, body(project, slot, other, **written))
    assert made.status_code == 201, made.data
    assert (made.json()["status"], made.json()["winner_slot"]) == ("DRAFT", None)
    assert made.json()["started_at"] is None
    defaults = {
        "target_metric_name": "ctr",
        "min_sample_size": 1000,
        "confidence_level": 0.95,
        "attribution": "user",
        "attribution_hours": None,
    }
    assert {name: made.json()[name] for name in defaults} == defaults


@pytest.mark.parametrize(
    ("who", "status"), [("viewer", 403), ("stranger", 404), ("key_read", 403)]
)
def test_who_may_not_write_neither_starts_nor_ends_one(who, status, call_as, running):
    for step in ("start", "stop", "cancel", "promote_winner"):
        answer = call_as(who, "post", f"{ROUTE}{running.pk}/{step}/")
        assert answer.status_code == status, step
    running.refresh_from_db()
    assert running.status == "RUNNING"


def test_owners_delete_and_viewers_read(call_as, test):
    path = f"{ROUTE}{test.pk}/"
    assert call_as("viewer", "get", f"{path}results/").status_code == 200
    assert call_as("editor", "delete", path).status_code == 403
    assert call_as("owner", "delete", path).status_code == 204


#: What each state allows; everything else is 409.
ALLOWED = {
    "DRAFT": {"start", "cancel"},
    "RUNNING": {"stop", "cancel"},
    "COMPLETED": {"promote_winner"},
    "CANCELLED": set(),
}


@pytest.mark.parametrize("status", ALLOWED)
@pytest.mark.parametrize("step", ["start", "stop", "cancel", "promote_winner"])
def test_a_step_that_the_state_does_not_allow_is_409(step, status, call_as, test):
    ABTest.objects.update(status=status, started_at=test.ins_datetime)
    sent = {"slot_id": test.variant_slot_id}
    answer = call_as("editor", "post", f"{ROUTE}{test.pk}/{step}/", sent)
    allowed = step in ALLOWED[status]
    assert answer.status_code == (200 if allowed else 409)
    test.refresh_from_db()
    assert allowed or test.status == status


def test_a_running_test_is_frozen(call_as, running):
    path = f"{ROUTE}{running.pk}/"
    for change in ({"name": "b"}, {"target_metric_name": "purchase_rate"}, {}):
        answer = call_as("owner", "patch", path, change)
        assert (answer.status_code, answer.json()["code"]) == (409, "test_running")
    assert call_as("owner", "delete", path).status_code == 409


def test_what_a_test_was_about_stays_when_it_has_ended(call_as, running, project):
    path = f"{ROUTE}{running.pk}/"
    call_as("editor", "post", f"{path}stop/")
    third = DeploymentSlotFactory(project=project)
    for change in (
        {"min_sample_size": 5},
        {"variant_slot": third.pk},
        {"attribution": "request"},
        {"attribution_hours": 5},
    ):
        answer = call_as("editor", "patch", path, change)
        assert (answer.status_code, answer.json()["code"]) == (409, "test_started")
    assert call_as("editor", "patch", path, {"name": "b"}).json()["name"] == "b"


@pytest.mark.parametrize("name", ["control_slot", "variant_slot"])
def test_the_slots_of_a_running_test_are_frozen(name, call_as, running, project):
    slot = getattr(running, name)
    path = f"deployment_slot/{slot.pk}/"
    newer = DeploymentSlotFactory(project=project).trained_model
    for change in ({"weight": 1}, {"is_active": False}, {"trained_model": newer.pk}):
        answer = call_as("owner", "patch", path, change)
        assert (answer.status_code, answer.json()["code"]) == (409, "slot_in_test")
    assert call_as("owner", "delete", path).status_code == 409
    for harmless in ({"name": "b"}, {"weight": slot.weight}):
        assert call_as("owner", "patch", path, harmless).status_code == 200
    call_as("owner", "post", f"{ROUTE}{running.pk}/stop/")
    assert call_as("owner", "patch", path, {"weight": 1}).status_code == 200


def test_a_slot_or_model_that_a_test_uses_stays_and_so_does_the_test(call_as, test):
    slot = test.control_slot
    refused = {
        f"deployment_slot/{slot.pk}/": "test",
        f"trained_model/{slot.trained_model_id}/": "slot",
    }
    for path, word in refused.items():
        blockers = call_as("owner", "get", f"{path}impact/").json()["blocked_by"]
        assert blockers, path
        answer = call_as("owner", "delete", path)
        assert answer.status_code == 409
        assert word in answer.json()["detail"]
    assert ABTest.objects.filter(pk=test.pk).exists()


def test_tests_that_run_at_the_same_time_share_no_slot(
    call_as, running, project, slot, other
):
    third = DeploymentSlotFactory(project=project)
    for control, variant in ((slot, third), (third, slot), (other, third)):
        overlapping = ABTestFactory(
            project=project, control_slot=control, variant_slot=variant
        )
        answer = call_as("editor", "post", f"{ROUTE}{overlapping.pk}/start/")
        assert (answer.status_code, answer.json()["code"]) == (409, "slot_in_test")
    call_as("editor", "post", f"{ROUTE}{running.pk}/stop/")
    answer = call_as("editor", "post", f"{ROUTE}{overlapping.pk}/start/")
    assert answer.json()["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("control", "variant", "expected"),
    [
        ((60, True), (30, True), 90),
        ((80, True), (50, True), 100),
        ((70, False), (20, True), 20),
        ((70, True), (20, False), 70),
        ((70, False), (20, False), 20),
    ],
)
def test_the_winner_takes_the_traffic_of_both_arms_and_no_slot_else_changes(
    control, variant, expected, call_as, running, project
):
    bystander = DeploymentSlotFactory(project=project, weight=10)
    path = f"{ROUTE}{running.pk}/"
    call_as("editor", "post", f"{path}stop/")
    winner, loser = running.variant_slot, running.control_slot
    for slot, (weight, is_active) in ((loser, control), (winner, variant)):
        slot.weight, slot.is_active = weight, is_active
        slot.save()
    answer = call_as("editor", "post", f"{path}promote_winner/", {"slot_id": winner.pk})
    assert answer.json() == {"status": "promoted", "winner_slot_id": winner.pk}
    for slot in (winner, loser, bystander):
        slot.refresh_from_db()
    assert (winner.weight, winner.is_active) == (expected, True)
    assert not loser.is_active
    assert (bystander.weight, bystander.is_active) == (10, True)
    assert call_as("viewer", "get", path).json()["winner_slot"] == winner.pk
    again = call_as("editor", "post", f"{path}promote_winner/", {"slot_id": loser.pk})
    assert again.status_code == 409


def test_a_promotion_that_cannot_be_done_changes_nothing(
    call_as, running, project, slot, other
):
    path = f"{ROUTE}{running.pk}/"
    call_as("editor", "post", f"{path}stop/")
    third = DeploymentSlotFactory(project=project)
    for slot_id in (third.pk, 2**70, None, "x"):
        answer = call_as(
            "editor", "post", f"{path}promote_winner/", {"slot_id": slot_id}
        )
        assert (answer.status_code, "slot_id" in answer.json()) == (400, True)
    busy = ABTestFactory(project=project, control_slot=third, variant_slot=other)
    call_as("editor", "post", f"{ROUTE}{busy.pk}/start/")
    # The loser is the one that is frozen, when the winner has changed already.
    answer = call_as("editor", "post", f"{path}promote_winner/", {"slot_id": slot.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_in_test")
    before = slot.weight, slot.is_active
    slot.refresh_from_db()
    assert (slot.weight, slot.is_active) == before
    running.refresh_from_db()
    assert running.winner_slot_id is None


def test_every_step_is_noted(call_as, project, slot, other):
    made = call_as("editor", "post", ROUTE, body(project, slot, other)).json()
    path = f"{ROUTE}{made['id']}/"
    call_as("editor", "patch", path, {"name": "b"})
    call_as("editor", "post", f"{path}start/")
    call_as("editor", "post", f"{path}stop/")
    call_as("editor", "post", f"{path}promote_winner/", {"slot_id": slot.pk})
    call_as("owner", "delete", path)
    entries = AuditEntry.objects.filter(kind="ab_test").order_by("id")
    assert [(e.action, e.after) for e in entries][1:] == [
        ("update", {"name": "b"}),
        ("update", {"status": "RUNNING"}),
        ("update", {"status": "COMPLETED"}),
        ("update", {"winner_slot_id": slot.pk}),
        ("delete", None),
    ]
    assert (
        AuditEntry.objects.filter(kind="deployment_slot", action="update").count() == 1
    )


def test_tests_are_found_by_project_and_status(call_as, people, running):
    ABTestFactory(project=people.other_project)
    ABTestFactory()
    for query, count in {
        "": 2,
        f"project={running.project_id}": 1,
        "status=RUNNING": 1,
        "status=COMPLETED": 0,
    }.items():
        assert call_as("owner", "get", f"{ROUTE}?{query}").json()["count"] == count
    for query in ("status=GONE", "project=x"):
        assert call_as("owner", "get", f"{ROUTE}?{query}").status_code == 400


def test_what_a_test_counted_goes_with_it(call_as, running):
    seen = event(running.control_slot, event_type="impression")
    call_as("owner", "post", "conversion_event/", seen)
    assert (ArmUser.objects.count(), ArmDay.objects.count()) == (1, 1)
    path = f"{ROUTE}{running.pk}/"
    call_as("owner", "post", f"{path}cancel/")
    assert call_as("owner", "delete", path).status_code == 204
    assert (ArmUser.objects.count(), ArmDay.objects.count()) == (0, 0)


def test_a_project_goes_with_its_tests_and_all_that_they_counted(call_as, running):
    seen = event(running.control_slot, event_type="impression")
    call_as("owner", "post", "conversion_event/", seen)
    path = f"project/{running.project_id}/"
    assert call_as("owner", "delete", path).status_code == 204
    assert not any(model.objects.exists() for model in (ABTest, ArmUser, ArmDay))
