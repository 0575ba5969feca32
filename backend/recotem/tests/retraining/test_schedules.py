"""Schedules as clients set them."""

from datetime import timedelta

import pytest

from recotem.core.models import AuditEntry
from recotem.retraining.models import RetrainingSchedule
from tests.factories import (
    EvaluationConfigFactory,
    ModelConfigurationFactory,
    RetrainingRunFactory,
    RetrainingScheduleFactory,
    SplitConfigFactory,
    TrainingDataFactory,
)
from tests.retraining.conftest import ROUTE, SUNDAY

pytestmark = pytest.mark.django_db

KEYS = {
    "training_data": TrainingDataFactory,
    "model_configuration": ModelConfigurationFactory,
}
CONFIGS = {
    "split_config": SplitConfigFactory,
    "evaluation_config": EvaluationConfigFactory,
}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"cron_expression": "99 * * * *"}, "cron_expression"),
        ({"cron_expression": "0 2 30 2 *"}, "cron_expression"),
        ({"cron_expression": "* * * * * *"}, "cron_expression"),
        ({"cron_expression": ""}, "cron_expression"),
        ({"cron_expression": None}, "cron_expression"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"max_retries": -1}, "max_retries"),
        ({"max_retries": 21}, "max_retries"),
        ({"is_enabled": "perhaps"}, "is_enabled"),
        ({"is_enabled": True, "training_data": None}, "training_data"),
        ({"is_enabled": True, "model_configuration": None}, "model_configuration"),
        ({"is_enabled": True, "retune": True, "split_config": None}, "split_config"),
        (
            {"is_enabled": True, "retune": True, "evaluation_config": None},
            "evaluation_config",
        ),
    ],
)
def test_what_could_never_run_is_refused_on_its_field(
    values, field, call_as, wishes, clock
):
    """A cron entry like `99 * * * *` must not be accepted and never fire."""
    answer = call_as("owner", "post", ROUTE, wishes | values)
    assert (answer.status_code, field in answer.data) == (400, True), answer.data
    assert not RetrainingSchedule.objects.exists()
    row = call_as("owner", "post", ROUTE, wishes).data
    changed = call_as("owner", "patch", f"{ROUTE}{row['id']}/", values)
    assert (changed.status_code, field in changed.data) == (400, True), changed.data
    assert call_as("owner", "get", f"{ROUTE}{row['id']}/").data == row


@pytest.mark.parametrize("field", [*KEYS, *CONFIGS])
def test_rows_of_others_are_not_found_when_created_and_when_changed(
    field, call_as, people, wishes
):
    row = call_as("owner", "post", ROUTE, wishes).data
    strange = (
        KEYS[field](project=people.strange_project)
        if field in KEYS
        else CONFIGS[field](created_by=people.user("stranger"))
    )
    for pk in (strange.pk, 987_654_321):
        answers = [
            call_as("owner", "patch", f"{ROUTE}{row['id']}/", {field: pk}),
            call_as("owner", "post", ROUTE, wishes | {field: pk}),
        ]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert all(answer.data[field] == ["not found"] for answer in answers)


@pytest.mark.parametrize("field", KEYS)
def test_rows_of_ones_other_project_are_refused(field, call_as, people, wishes):
    other = KEYS[field](project=people.other_project)
    answer = call_as("owner", "post", ROUTE, wishes | {field: other.pk})
    assert answer.data[field] == ["This is of another project."]
    row = call_as("owner", "post", ROUTE, wishes).data
    answer = call_as("owner", "patch", f"{ROUTE}{row['id']}/", {field: other.pk})
    assert answer.data[field] == ["This is of another project."]


def test_a_split_by_time_needs_times(call_as, people, wishes, owner):
    people.project.time_column = None
    people.project.save()
    split = SplitConfigFactory(created_by=owner, scheme="TG").pk
    body = wishes | {"split_config": split, "retune": True}
    answer = call_as("owner", "post", ROUTE, body)
    assert (answer.status_code, answer.data["code"]) == (400, "time_needed")
    assert call_as("owner", "post", ROUTE, body | {"retune": False}).status_code == 201


def test_a_project_has_one_schedule_and_keeps_it(call_as, people, wishes):
    row = call_as("owner", "post", ROUTE, wishes).data
    again = call_as("owner", "post", ROUTE, wishes)
    assert (again.status_code, again.data["code"]) == (400, "taken")
    assert again.data["project"]
    body = {"project": people.other_project.pk}
    moved = call_as("owner", "patch", f"{ROUTE}{row['id']}/", body)
    assert moved.data["project"] == ["cannot be changed"]


def test_what_is_not_said_is_as_promised_and_results_cannot_be_written(
    call_as, project
):
    written = {"last_run_status": "FAILED", "next_run_at": "2030-01-01T00:00:00Z"}
    answer = call_as("editor", "post", ROUTE, {"project": project.pk} | written)
    assert answer.status_code == 201
    shown = answer.json()
    promised = {
        "is_enabled": False,
        "cron_expression": "0 2 * * 0",
        "time_zone": "UTC",
        "training_data": None,
        "model_configuration": None,
        "retune": False,
        "split_config": None,
        "evaluation_config": None,
        "max_retries": 3,
        "notify_on_failure": True,
        "last_run_at": None,
        "last_run_status": None,
        "next_run_at": None,
    }
    assert {name: shown[name] for name in promised} == promised


def test_the_answer_says_in_words_and_in_dates_when_it_runs(call_as, wishes, clock):
    body = wishes | {"cron_expression": " 30  2 * * * ", "time_zone": "Europe/Berlin"}
    shown = call_as("owner", "post", ROUTE, body).json()
    assert shown["cron_expression"] == "30 2 * * *"
    assert shown["cron_in_words"] == "At 02:30 every day"
    days = range(24, 29)
    assert shown["next_runs"] == [f"2026-11-{day}T01:30:00Z" for day in days]
    assert shown["next_run_at"] is None


def test_the_next_run_follows_the_timing_and_nothing_else(
    call_as, schedule_with, clock
):
    schedule = schedule_with()
    path = f"{ROUTE}{schedule.pk}/"

    def after(**changes):
        answer = call_as("owner", "patch", path, changes)
        assert answer.status_code == 200, answer.data
        schedule.refresh_from_db()
        return schedule.next_run_at

    assert schedule.next_run_at == SUNDAY
    clock.move_to(SUNDAY + timedelta(minutes=1), tick=False)
    # As a fresh sign-in: the first one is too old by now.
    call_as = _as_key(call_as)
    assert after(max_retries=5) == SUNDAY
    assert after(cron_expression="0 2 * * 0") == SUNDAY
    assert after(cron_expression="0 3 * * 0") == SUNDAY + timedelta(hours=1)
    assert after(time_zone="Asia/Tokyo") == SUNDAY + timedelta(days=6, hours=16)
    assert after(is_enabled=False) is None
    assert after(is_enabled=True) == SUNDAY + timedelta(days=6, hours=16)


def test_the_next_run_is_never_in_the_past_after_any_change(
    call_as, schedule_with, clock
):
    """Also when the server was down for a while, and whatever is changed first."""
    changes = [
        {"cron_expression": "30 * * * *"},
        {"time_zone": "Asia/Kolkata"},
        {"is_enabled": False},
        {"cron_expression": "15 * * * *"},
        {"is_enabled": True},
        {"cron_expression": "0 0 1 1 *", "time_zone": "America/Santiago"},
    ]
    path = f"{ROUTE}{schedule_with().pk}/"
    for change in changes:
        clock.shift(timedelta(weeks=2))
        shown = call_as("key", "patch", path, change).json()
        upcoming = shown["next_runs"][0] if shown["is_enabled"] else None
        assert shown["next_run_at"] == upcoming, change


def test_a_missed_run_is_made_up_for_unless_the_timing_was_changed(
    call_as, schedule_with, clock
):
    """Switching on what is on changes nothing; another time counts from now."""
    path = f"{ROUTE}{schedule_with().pk}/"
    clock.move_to(SUNDAY + timedelta(hours=1), tick=False)
    missed = SUNDAY.isoformat().replace("+00:00", "Z")
    kept = call_as("key", "patch", path, {"is_enabled": True, "retune": False}).json()
    assert kept["next_run_at"] == missed
    moved = call_as("key", "patch", path, {"cron_expression": "0 4 * * 0"}).json()
    assert moved["next_run_at"] == "2026-11-29T04:00:00Z"


def _as_key(call_as):
    return lambda _, *request: call_as("key", *request)


@pytest.mark.parametrize(
    ("who", "change", "trigger", "delete"),
    [
        ("viewer", 403, 403, 403),
        ("editor", 200, 202, 403),
        ("co_owner", 200, 202, 204),
        ("key_write", 200, 202, 204),
        ("key_read", 403, 403, 403),
        ("stranger", 404, 404, 404),
    ],
)
def test_who_may_do_what(who, change, trigger, delete, call_as, schedule_with):
    path = f"{ROUTE}{schedule_with().pk}/"
    assert call_as(who, "patch", path, {"max_retries": 1}).status_code == change
    assert call_as(who, "post", f"{path}trigger/").status_code == trigger
    assert call_as(who, "delete", path).status_code == delete


def test_every_change_is_in_the_audit_log(call_as, schedule_with):
    path = f"{ROUTE}{schedule_with().pk}/"
    call_as("editor", "patch", path, {"time_zone": "Asia/Tokyo"})
    call_as("editor", "post", f"{path}trigger/")
    call_as("co_owner", "delete", path)
    entries = AuditEntry.objects.exclude(kind="trained_model").order_by("pk")
    told = [(row.actor_name, row.action, row.kind) for row in entries]
    assert told == [
        ("owner", "create", "retraining_schedule"),
        ("editor", "update", "retraining_schedule"),
        ("editor", "create", "retraining_run"),
        ("co_owner", "delete", "retraining_schedule"),
    ]
    assert entries[1].before == {"time_zone": "UTC"}
    assert entries[1].after == {"time_zone": "Asia/Tokyo"}


def test_runs_are_read_only_and_found_by_schedule_and_status(call_as, project):
    run = RetrainingRunFactory(schedule__project=project, status="FAILED")
    RetrainingRunFactory(schedule=run.schedule, status="SKIPPED")
    for method in ("post", "patch", "delete"):
        path = f"retraining_run/{run.pk}/" if method != "post" else "retraining_run/"
        assert call_as("owner", method, path, {}).status_code == 405
    for query, count in {
        f"schedule={run.schedule_id}": 2,
        f"schedule={RetrainingScheduleFactory().pk}": 0,
        "status=FAILED": 1,
        "status=RUNNING": 0,
    }.items():
        listed = call_as("viewer", "get", f"retraining_run/?{query}")
        assert listed.data["count"] == count, query
    assert call_as("viewer", "get", "retraining_run/?status=odd").status_code == 400


def test_schedules_are_found_by_project_and_by_being_on(call_as, schedule_with):
    project = schedule_with().project_id
    for query, count in {
        f"project={project}": 1,
        "project=987654": 0,
        "is_enabled=true": 1,
        "is_enabled=false": 0,
    }.items():
        assert call_as("viewer", "get", f"{ROUTE}?{query}").data["count"] == count
