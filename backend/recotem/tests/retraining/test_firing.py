"""The clock: rows say what is due, whoever comes by first fires."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from recotem.celery import app
from recotem.core.models import AuditEntry
from recotem.jobs.models import Job
from recotem.retraining.services.clock import tick
from recotem.training.models import TrainedModel
from tests.factories import RetrainingRunFactory, RetrainingScheduleFactory
from tests.retraining.conftest import (
    MONDAY,
    ROUTE,
    SUNDAY,
    WEEK,
    job_ends,
    new_data,
    pass_time,
    runs_of,
    statuses,
)

pytestmark = pytest.mark.django_db


def test_nothing_runs_before_its_time(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY - timedelta(seconds=1))
    assert statuses(schedule) == []


def test_a_schedule_that_is_off_does_not_run(schedule_with, clock, call_as):
    schedule = schedule_with()
    call_as("owner", "patch", f"{ROUTE}{schedule.pk}/", {"is_enabled": False})
    pass_time(clock, SUNDAY + WEEK)
    assert statuses(schedule) == []


def test_what_is_due_runs_and_says_when_it_runs_next(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    [run] = runs_of(schedule)
    schedule.refresh_from_db()
    assert (run.status, run.is_manual, run.attempt) == ("RUNNING", False, 1)
    assert run.data_rows_at_trigger == 100
    assert run.trained_model.configuration_id == schedule.model_configuration_id
    assert run.trained_model.data_loc_id == schedule.training_data_id
    assert schedule.next_run_at == SUNDAY + WEEK
    assert (schedule.last_run_at, schedule.last_run_status) == (SUNDAY, "RUNNING")


def test_what_is_due_begins_in_the_tick_that_fires_it(sent):
    """Under a clock that goes on; a run must not wait for the next tick."""
    schedule = RetrainingScheduleFactory(is_enabled=True, next_run_at=timezone.now())
    tick()
    assert statuses(schedule) == ["RUNNING"]


def test_beat_knows_of_no_schedule_and_so_fires_nothing_a_second_time(schedule_with):
    schedule_with()
    assert app.conf.beat_scheduler == settings.CELERY_BEAT_SCHEDULER
    assert app.conf.beat_schedule == {}
    assert not PeriodicTask.objects.exists()


def test_the_clock_acts_in_its_own_name(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    made = AuditEntry.objects.get(kind="trained_model")
    assert made.actor is None
    assert made.actor_name == f"retraining schedule {schedule.pk}"


def test_whoever_set_it_up_may_have_gone_since(schedule_with, clock, owner):
    schedule = schedule_with()
    owner.is_active = False
    owner.save()
    pass_time(clock, SUNDAY)
    assert statuses(schedule) == ["RUNNING"]


def test_all_runs_missed_in_a_week_are_made_up_for_by_one(schedule_with, clock):
    schedule = schedule_with(cron_expression="0 * * * *")
    pass_time(clock, MONDAY + WEEK + timedelta(minutes=30))
    [run] = runs_of(schedule)
    job_ends(run)
    tick()
    schedule.refresh_from_db()
    assert statuses(schedule) == ["COMPLETED"]
    assert schedule.next_run_at == MONDAY + WEEK + timedelta(hours=1)


def test_a_run_is_not_begun_beside_another(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    pass_time(clock, SUNDAY + WEEK)
    assert statuses(schedule) == ["RUNNING", "SKIPPED"]
    skipped = runs_of(schedule)[1]
    assert "has not ended" in skipped.error_message
    assert skipped.completed_at == SUNDAY + WEEK
    assert Job.objects.count() == 1
    schedule.refresh_from_db()
    assert schedule.last_run_status == "RUNNING"
    job_ends(runs_of(schedule)[0])
    new_data(schedule.training_data, "two")
    pass_time(clock, SUNDAY + 2 * WEEK)
    assert statuses(schedule) == ["COMPLETED", "SKIPPED", "RUNNING"]


@pytest.mark.parametrize("status", ["PENDING", "RUNNING"])
def test_the_database_takes_no_second_open_run(status):
    schedule = RetrainingRunFactory(status="PENDING").schedule
    with pytest.raises(IntegrityError), transaction.atomic():
        RetrainingRunFactory(schedule=schedule, status=status)
    RetrainingRunFactory(schedule=schedule, status="FAILED")
    RetrainingRunFactory(status=status)


def moments(clock, schedule, start, hours):
    """In which hours something ran, if somebody looks each half hour."""
    found = []
    for half in range(2 * hours):
        pass_time(clock, start + timedelta(minutes=30 * half))
        for run in schedule.runs.filter(status__in=["RUNNING"]):
            job_ends(run)
            found.append(run.ins_datetime)
        new_data(schedule.training_data, f"version {half}")
    return found


#: Zone, expression, the night, and when something runs if one looks each half hour.
NIGHTS = {
    "Berlin leaves out the hour from two": (
        "Europe/Berlin",
        "30 2 * * *",
        datetime(2027, 3, 28, tzinfo=UTC),
        datetime(2027, 3, 28, 1, tzinfo=UTC),
    ),
    "Berlin repeats the hour from two": (
        "Europe/Berlin",
        "30 2 * * *",
        datetime(2027, 10, 30, 23, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    ),
    "New York leaves out the hour from two": (
        "America/New_York",
        "30 2 * * *",
        datetime(2027, 3, 14, 5, tzinfo=UTC),
        datetime(2027, 3, 14, 7, tzinfo=UTC),
    ),
    "New York repeats the hour from one": (
        "America/New_York",
        "30 1 * * *",
        datetime(2027, 11, 7, 4, tzinfo=UTC),
        datetime(2027, 11, 7, 5, 30, tzinfo=UTC),
    ),
    "Santiago leaves out the hour from midnight": (
        "America/Santiago",
        "30 0 * * *",
        datetime(2027, 9, 5, 2, tzinfo=UTC),
        datetime(2027, 9, 5, 4, tzinfo=UTC),
    ),
    "Lord Howe leaves out half an hour": (
        "Australia/Lord_Howe",
        "15 2 * * *",
        datetime(2027, 10, 2, 13, tzinfo=UTC),
        datetime(2027, 10, 2, 15, 30, tzinfo=UTC),
    ),
    "Lord Howe repeats half an hour": (
        "Australia/Lord_Howe",
        "45 1 * * *",
        datetime(2027, 4, 3, 13, tzinfo=UTC),
        datetime(2027, 4, 3, 15, tzinfo=UTC),
    ),
    "Kolkata keeps its time": (
        "Asia/Kolkata",
        "30 2 * * *",
        datetime(2027, 3, 27, 19, tzinfo=UTC),
        datetime(2027, 3, 27, 21, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize("night", NIGHTS)
def test_it_runs_once_in_the_nights_that_change_the_clocks(night, schedule_with, clock):
    zone, expression, start, fired = NIGHTS[night]
    clock.move_to(start - timedelta(hours=6), tick=False)
    schedule = schedule_with(cron_expression=expression, time_zone=zone)
    assert moments(clock, schedule, start, hours=5) == [fired]


@pytest.mark.django_db(transaction=True)
def test_two_workers_fire_once(schedule_with, clock, sent):
    schedule = schedule_with()
    clock.move_to(SUNDAY, tick=False)

    def work(_: int) -> None:
        try:
            tick()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(8)))
    assert statuses(schedule) == ["RUNNING"]
    assert TrainedModel.objects.count() == 1
    assert sent == ["recotem.training.run"]
