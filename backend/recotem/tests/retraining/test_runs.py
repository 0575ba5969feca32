"""What becomes of a run."""

import gzip
from datetime import timedelta

import pytest

from recotem.datasets import table_reader
from recotem.jobs.models import Job
from recotem.jobs.services import finish, move, request_cancel
from recotem.retraining.models import RetrainingRun
from recotem.retraining.services import work
from recotem.training.models import TrainedModel
from recotem.training.services.train import run_training
from recotem.tuning.models import ParameterTuningJob
from tests.datasets.tables import named, rows, table, upload
from tests.factories import RetrainingScheduleFactory, TrainingDataFactory
from tests.retraining.conftest import (
    ROUTE,
    SUNDAY,
    WEEK,
    job_ends,
    new_data,
    pass_time,
    runs_of,
    statuses,
)
from tests.shared_child import SharedChild
from tests.training.models import stored_data

pytestmark = pytest.mark.django_db


def trigger(call_as, schedule, who="key"):
    return call_as(who, "post", f"{ROUTE}{schedule.pk}/trigger/")


def only_run(schedule):
    [run] = runs_of(schedule)
    return run


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"training_data": None}, "training data"),
        ({"model_configuration": None}, "model configuration"),
        ({"retune": True, "split_config": None}, "split config"),
        ({"retune": True, "evaluation_config": None}, "evaluation config"),
    ],
)
def test_a_trigger_that_nothing_would_come_of_is_refused_with_the_reason(
    values, reason, call_as, schedule_with
):
    """'Triggered' must not be answered when nothing will run."""
    schedule = schedule_with(is_enabled=False, **values)
    answer = trigger(call_as, schedule)
    assert (answer.status_code, answer.data["code"]) == (409, "cannot_run")
    assert reason in answer.data["detail"]
    assert not Job.objects.exists()
    assert statuses(schedule) == []


@pytest.mark.parametrize("values", [{"status": "FAILED"}, {"file": None}])
def test_a_trigger_on_data_that_cannot_be_read_is_refused(
    values, call_as, people, schedule_with
):
    data = TrainingDataFactory(project=people.project, **values)
    answer = trigger(call_as, schedule_with(training_data=data.pk))
    assert (answer.status_code, answer.data["code"]) == (409, "cannot_run")
    assert "ready to read" in answer.data["detail"]


def test_a_trigger_beside_an_open_run_is_refused(call_as, schedule_with):
    schedule = schedule_with()
    assert trigger(call_as, schedule).status_code == 202
    again = trigger(call_as, schedule)
    assert (again.status_code, again.data["code"]) == (409, "run_open")
    assert statuses(schedule) == ["RUNNING"]


def test_a_triggered_run_is_there_and_runs(call_as, schedule_with):
    schedule = schedule_with(is_enabled=False)
    answer = trigger(call_as, schedule)
    run = only_run(schedule)
    assert answer.json() == {"status": "triggered", "run": run.pk}
    shown = call_as("viewer", "get", f"retraining_run/{run.pk}/").json()
    assert (shown["status"], shown["is_manual"]) == ("RUNNING", True)
    assert shown["trained_model"] == TrainedModel.objects.get().pk
    assert shown["completed_at"] is None
    job_ends(run)
    schedule.refresh_from_db()
    assert (run.status, schedule.last_run_status) == ("COMPLETED", "COMPLETED")
    assert run.completed_at is not None
    assert schedule.next_run_at is None


@pytest.mark.django_db(transaction=True)
def test_a_run_makes_a_real_model_of_the_newest_data(
    call_as, schedule_with, people, wishes
):
    data = stored_data(people.project)
    schedule = schedule_with(training_data=data.pk)
    trigger(call_as, schedule)
    run = only_run(schedule)
    run_training(model_id=run.trained_model_id, task_id="task", worker="w1")
    run.refresh_from_db()
    assert run.status == "COMPLETED"
    assert (run.trained_model.status, run.trained_model.data_version) == ("READY", 1)


def test_a_job_that_fails_at_once_is_not_overtaken_by_its_link(
    call_as, schedule_with, monkeypatch, sent
):
    """The run points at its job before anybody can work on that."""
    linked = []

    def fails_before_the_answer(**values):
        model = create(**values)
        linked.append(model)
        return model

    create = work.create_model
    monkeypatch.setattr(work, "create_model", fails_before_the_answer)
    schedule = schedule_with(max_retries=0)
    trigger(call_as, schedule)
    move(linked[0].job_id, "RUNNING")
    assert finish(linked[0].job, "FAILED", "It broke.")
    run = only_run(schedule)
    assert (run.status, run.trained_model_id) == ("FAILED", linked[0].pk)
    assert run.error_message == "It broke."


@pytest.mark.django_db(transaction=True)
def test_workers_are_called_after_the_link_is_there(
    call_as, schedule_with, monkeypatch
):
    seen: list[list[str]] = []
    monkeypatch.setattr("recotem.jobs.services.ring_workers", _reading_runs(seen))
    schedule = schedule_with()
    trigger(call_as, schedule)
    assert seen == [["RUNNING"]]


def _reading_runs(seen):
    def ring(job):
        runs = RetrainingRun.objects.filter(trained_model__job=job)
        seen.append(list(runs.values_list("status", flat=True)))

    return ring


def test_data_that_did_not_change_is_not_trained_on_again(schedule_with, clock):
    """By what is in it, not by how much of it there is."""
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    job_ends(only_run(schedule))
    pass_time(clock, SUNDAY + WEEK)
    skipped = runs_of(schedule)[1]
    assert (skipped.status, skipped.trained_model) == ("SKIPPED", None)
    assert "has not changed" in skipped.error_message
    schedule.refresh_from_db()
    assert schedule.last_run_status == "SKIPPED"
    new_data(schedule.training_data, "another of the same size")
    pass_time(clock, SUNDAY + 2 * WEEK)
    assert statuses(schedule) == ["COMPLETED", "SKIPPED", "RUNNING"]
    job_ends(runs_of(schedule)[2])
    new_data(schedule.training_data, "another of the same size", n_rows=7)
    pass_time(clock, SUNDAY + 3 * WEEK)
    assert statuses(schedule)[3] == "SKIPPED"


@pytest.fixture
def one_child(monkeypatch):
    """Uploads are read by one child process; each start costs a second."""
    monkeypatch.setattr(table_reader, "Compute", SharedChild)
    yield
    SharedChild.close()


@pytest.mark.usefixtures("one_child")
def test_data_are_compared_by_their_content_not_by_the_size_of_their_file(
    schedule_with, clock, call_as, project
):
    one, other = table(), table(*rows()[:-1], "u5,i3,2024-01-06T02:00:00")
    assert (len(one), one != other) == (len(other), True)
    data = upload(call_as, one, project=project, who="key").json()
    schedule = schedule_with(training_data=data["id"])

    def week(number, content, name):
        form = {"file": named(content, name)}
        path = f"training_data/{data['id']}/"
        answer = call_as("key", "patch", path, form, format="multipart")
        assert answer.status_code == 200, answer.data
        pass_time(clock, SUNDAY + number * WEEK)
        for run in schedule.runs.filter(status="RUNNING"):
            job_ends(run)
        return answer.json()["filesize"]

    packed, shuffled = gzip.compress(one), table(*reversed(rows()))
    sizes = [
        week(0, one, "log.csv"),
        week(1, packed, "log.csv.gz"),
        week(2, other, "log.csv"),
        week(3, one, "log.csv"),
    ]
    assert sizes[1] != sizes[0] == sizes[2]
    assert statuses(schedule) == ["COMPLETED", "SKIPPED", "COMPLETED", "COMPLETED"]
    week(4, shuffled, "log.csv")
    assert statuses(schedule)[4] == "SKIPPED"


@pytest.mark.parametrize(
    "change", ["model_configuration", "retune", "a deleted model", "no fingerprint"]
)
def test_the_same_data_in_another_way_is_worth_a_run(
    change, schedule_with, clock, call_as, people
):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    run = only_run(schedule)
    job_ends(run)
    if change == "retune":
        type(schedule).objects.update(retune=True)
    elif change == "model_configuration":
        other = RetrainingScheduleFactory().model_configuration
        other.project = people.project
        other.save()
        type(schedule).objects.filter(pk=schedule.pk).update(model_configuration=other)
    elif change == "a deleted model":
        run.trained_model.delete()
    else:
        type(schedule.training_data).objects.update(fingerprint="")
    pass_time(clock, SUNDAY + WEEK)
    assert statuses(schedule) == ["COMPLETED", "RUNNING"]


def test_data_whose_file_was_removed_is_no_unchanged_data(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    job_ends(only_run(schedule))
    type(schedule.training_data).objects.update(file=None)
    pass_time(clock, SUNDAY + WEEK)
    failed = runs_of(schedule)[1]
    assert failed.status == "FAILED"
    assert "ready to read" in failed.error_message


def test_what_the_model_has_read_counts_not_what_was_there_before(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    new_data(schedule.training_data, "came while the run waited for a worker")
    run = only_run(schedule)
    job_ends(run)
    pass_time(clock, SUNDAY + WEEK)
    assert statuses(schedule) == ["COMPLETED", "SKIPPED"]


def test_who_asks_gets_a_run_even_of_unchanged_data(schedule_with, clock, call_as):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    job_ends(only_run(schedule))
    assert trigger(call_as, schedule).status_code == 202
    assert statuses(schedule) == ["COMPLETED", "RUNNING"]


def test_a_failed_attempt_is_repeated_after_a_pause_that_grows(schedule_with, clock):
    schedule = schedule_with(max_retries=2)
    pass_time(clock, SUNDAY)
    run, models = only_run(schedule), []
    for attempt, minutes in ((1, 1), (2, 2)):
        models.append(run.trained_model_id)
        job_ends(run, "FAILED", "No luck.")
        assert (run.status, run.attempt) == ("PENDING", attempt + 1)
        assert run.error_message == "No luck."
        failed_at = run.next_attempt_at - timedelta(minutes=minutes)
        pass_time(clock, run.next_attempt_at - timedelta(seconds=1))
        run.refresh_from_db()
        assert run.status == "PENDING"
        pass_time(clock, failed_at + timedelta(minutes=minutes))
        run.refresh_from_db()
        assert (run.status, run.completed_at) == ("RUNNING", None)
    job_ends(run, "FAILED", "No luck at all.")
    assert (run.status, run.attempt) == ("FAILED", 3)
    assert run.error_message == "No luck at all."
    assert run.next_attempt_at is None
    assert len({*models, run.trained_model_id}) == 3
    pass_time(clock, SUNDAY + timedelta(days=1))
    assert statuses(schedule) == ["FAILED"]


def test_a_later_attempt_can_succeed(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    run = only_run(schedule)
    job_ends(run, "FAILED", "No luck.")
    pass_time(clock, run.next_attempt_at)
    job_ends(run)
    assert (run.status, run.attempt, run.error_message) == ("COMPLETED", 2, "")


def test_without_retries_the_first_failure_is_the_last(schedule_with, clock):
    schedule = schedule_with(max_retries=0)
    pass_time(clock, SUNDAY)
    run = only_run(schedule)
    job_ends(run, "FAILED", "No luck.")
    assert (run.status, run.attempt) == ("FAILED", 1)


def test_switching_off_ends_what_waits_to_be_tried_again(schedule_with, clock, call_as):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    run = only_run(schedule)
    job_ends(run, "FAILED", "No luck.")
    call_as("key", "patch", f"{ROUTE}{schedule.pk}/", {"is_enabled": False})
    pass_time(clock, run.next_attempt_at)
    run.refresh_from_db()
    assert (run.status, run.error_message) == (
        "SKIPPED",
        "The schedule was switched off.",
    )
    assert Job.objects.count() == 1


def test_a_cancelled_job_is_not_tried_again(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    run = only_run(schedule)
    request_cancel(run.job)
    run.refresh_from_db()
    assert (run.status, run.notice_at) == ("FAILED", None)
    assert "cancelled" in run.error_message


def test_a_retune_searches_and_ends_with_the_tuned_model(schedule_with, clock):
    schedule = schedule_with(retune=True, model_configuration=None)
    pass_time(clock, SUNDAY)
    run = only_run(schedule)
    search = ParameterTuningJob.objects.get()
    assert (run.status, run.tuning_job, run.trained_model) == ("RUNNING", search, None)
    assert search.split_id == schedule.split_config_id
    assert search.evaluation_id == schedule.evaluation_config_id
    assert search.train_after_tuning
    job_ends(run)
    search.refresh_from_db()
    assert (run.status, run.trained_model) == ("COMPLETED", search.tuned_model)
    pass_time(clock, SUNDAY + WEEK)
    assert statuses(schedule) == ["COMPLETED", "SKIPPED"]


def test_a_schedule_whose_configuration_is_gone_fails_and_says_so(schedule_with, clock):
    schedule = schedule_with()
    schedule.model_configuration.delete()
    pass_time(clock, SUNDAY)
    run = only_run(schedule)
    assert (run.status, run.attempt) == ("FAILED", 1)
    assert "model configuration" in run.error_message
    pass_time(clock, SUNDAY + timedelta(hours=5))
    assert statuses(schedule) == ["FAILED"]


def test_what_prevents_a_begin_for_a_while_is_waited_out(
    schedule_with, clock, monkeypatch
):
    def away(**_):
        raise OSError

    schedule = schedule_with()
    with monkeypatch.context() as broken:
        broken.setattr(work, "create_model", away)
        pass_time(clock, SUNDAY)
    run = only_run(schedule)
    assert (run.status, run.attempt) == ("PENDING", 2)
    assert run.error_message == "It could not begin (OSError)."
    pass_time(clock, run.next_attempt_at)
    assert statuses(schedule) == ["RUNNING"]


def test_a_run_whose_model_was_deleted_ends(schedule_with, clock):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    only_run(schedule).trained_model.delete()
    pass_time(clock, SUNDAY + timedelta(seconds=10))
    run = only_run(schedule)
    assert (run.status, run.error_message) == (
        "FAILED",
        "What it worked on was deleted.",
    )


def test_a_run_left_behind_by_its_job_is_brought_after_it(schedule_with, clock):
    """Whatever kept the end of the job from moving the run, the rows tell."""
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    Job.objects.update(status="FAILED", error="No luck.")
    pass_time(clock, SUNDAY + timedelta(seconds=10))
    run = only_run(schedule)
    assert (run.status, run.attempt, run.error_message) == ("PENDING", 2, "No luck.")


def test_a_run_fired_by_a_worker_that_died_is_begun_by_another(schedule_with, clock):
    schedule = schedule_with()
    clock.move_to(SUNDAY, tick=False)
    schedule.runs.create(project=schedule.project, next_attempt_at=SUNDAY)
    type(schedule).objects.update(next_run_at=SUNDAY + WEEK)
    pass_time(clock, SUNDAY + timedelta(seconds=10))
    assert statuses(schedule) == ["RUNNING"]


def test_a_deleted_schedule_leaves_what_it_made(schedule_with, clock, call_as):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    assert call_as("key", "delete", f"{ROUTE}{schedule.pk}/").status_code == 204
    model = TrainedModel.objects.get()
    move(model.job_id, "RUNNING")
    assert finish(model.job, "COMPLETED")
    assert TrainedModel.objects.get() == model
    assert not RetrainingRun.objects.exists()
