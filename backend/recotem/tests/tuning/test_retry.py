"""Taking up a search that did not succeed, from where it stopped."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response

from recotem.core.actor import Actor
from recotem.core.models import AuditEntry
from recotem.datasets.models import DataVersion, TrainingData
from recotem.jobs.errors import CannotRetry
from recotem.jobs.models import Job, JobAttempt
from recotem.jobs.services import request_cancel
from recotem.retraining.models import RetrainingRun
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services.tuning_jobs import retry_tuning_job
from tests.factories import (
    JobAttemptFactory,
    ParameterTuningJobFactory,
    RetrainingRunFactory,
)
from tests.people import People
from tests.tuning.conftest import run, search_of
from tests.tuning.fake_compute import Script

type Call = Callable[..., Response]
type Trial = dict[str, Any]


def retry(tuning_job: ParameterTuningJob) -> ParameterTuningJob:
    owner = Actor(tuning_job.data.project.owner)
    retry_tuning_job(actor=owner, tuning_job=tuning_job)
    return ParameterTuningJob.objects.select_related("job").get(pk=tuning_job.pk)


def scores(tuning_job: ParameterTuningJob) -> dict[int, float | None]:
    return dict(tuning_job.trials.values_list("number", "score"))


@pytest.fixture
def ended(people: People) -> Callable[..., ParameterTuningJob]:
    def make(status: str) -> ParameterTuningJob:
        return ParameterTuningJobFactory(
            data__project=people.project,
            data__columnar="log.parquet",
            job__status=status,
        )

    return make


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("viewer", 403), ("key_read", 403)]
)
def test_only_who_may_write_retries(
    call_as: Call, ended: Any, who: str, status: int
) -> None:
    path = f"parameter_tuning_job/{ended('FAILED').pk}/retry/"
    assert call_as(who, "post", path).status_code == status
    assert Job.objects.get().status == "FAILED"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("PENDING", "The job has not begun yet."),
        ("RUNNING", "The job has not ended yet."),
        ("COMPLETED", "The job is done; nothing of it is missing."),
    ],
)
def test_only_what_did_not_succeed_is_retried(
    call_as: Call, ended: Any, status: str, why: str
) -> None:
    path = f"parameter_tuning_job/{ended(status).pk}/retry/"
    answer = call_as("owner", "post", path)
    assert answer.status_code == 409
    assert answer.data == {"detail": why, "code": "cannot_retry"}


def test_a_search_whose_data_are_gone_is_not_retried(call_as: Call, ended: Any) -> None:
    path = f"parameter_tuning_job/{ended('FAILED').pk}/retry/"
    DataVersion.objects.update(file=None, columnar="")
    answer = call_as("owner", "post", path)
    assert answer.status_code == 409
    assert answer.data["detail"] == "The file of the data was removed."
    assert Job.objects.get().status == "FAILED"


def test_a_retried_job_waits_for_workers_and_is_taken_from_old_ones(
    call_as: Call, ended: Any
) -> None:
    tuning_job = ended("CANCELLED")
    JobAttemptFactory(job=tuning_job.job)
    answer = call_as("editor", "post", f"parameter_tuning_job/{tuning_job.pk}/retry/")
    assert (answer.status_code, answer.data["status"]) == (200, "PENDING")
    assert JobAttempt.objects.get().status == "REVOKED"
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == (
        {"status": "CANCELLED"},
        {"status": "PENDING"},
    )


def test_trials_that_ended_are_kept_and_the_gaps_are_filled(
    data: TrainingData, script: Script
) -> None:
    tuning_job = search_of(data, n_trials=6, train_after_tuning=False)

    def cancel_in_the_fourth(candidate: Trial) -> float | None:
        if candidate["number"] == 3:
            request_cancel(tuning_job.job)
        return 0.25 if candidate["number"] != 1 else None

    script.trial = cancel_in_the_fourth
    tuning_job = run(tuning_job)
    assert scores(tuning_job) == {1: 0.25, 2: None, 3: 0.25}
    tuning_job = retry(tuning_job)
    assert scores(tuning_job) == {1: 0.25, 3: 0.25}
    assert tuning_job.job.progress["trials_done"] == 2
    script.trial = lambda _: 0.5
    tuning_job = run(tuning_job, "task-2")
    assert (tuning_job.job.status, tuning_job.job.error) == ("COMPLETED", "")
    assert scores(tuning_job) == {1: 0.25, 2: 0.5, 3: 0.25, 4: 0.5, 5: 0.5, 6: 0.5}
    assert script.times("run_trial") == 4 + 4


def test_a_search_that_found_nothing_tries_its_trials_again(
    data: TrainingData, script: Script
) -> None:
    script.trial = lambda _: None
    tuning_job = run(search_of(data, n_trials=2, train_after_tuning=False))
    assert tuning_job.job.status == "FAILED"
    script.trial = lambda _: 0.5
    tuning_job = run(retry(tuning_job), "task-2")
    assert tuning_job.job.status == "COMPLETED"
    assert scores(tuning_job) == {1: 0.5, 2: 0.5}


def test_once_there_is_a_result_only_the_training_is_done(
    data: TrainingData, script: Script
) -> None:
    def lose_the_file() -> None:
        DataVersion.objects.update(columnar="gone.parquet")

    script.trial = lambda candidate: None if candidate["number"] == 1 else 0.25
    script.finish = lose_the_file
    columnar = data.columnar
    tuning_job = run(search_of(data))
    failed = TrainedModel.objects.get()
    assert (tuning_job.job.status, failed.status) == ("FAILED", "FAILED")
    DataVersion.objects.update(columnar=columnar)
    asked = len(script.asked)
    tuning_job = retry(tuning_job)
    failed.refresh_from_db()
    assert (failed.status, failed.error) == ("PENDING", "")
    tuning_job = run(tuning_job, "task-2")
    assert tuning_job.job.status == "COMPLETED"
    assert (tuning_job.tuned_model, tuning_job.tuned_model.status) == (failed, "READY")
    assert scores(tuning_job) == {1: 0.25, 2: None, 3: 0.25, 4: 0.25}
    assert script.asked[asked:] == [("recotem.tuning.run", {})]
    assert ModelConfiguration.objects.count() == 1


def test_without_its_best_configuration_it_is_not_retried(
    data: TrainingData, script: Script
) -> None:
    tuning_job = run(search_of(data, train_after_tuning=False))
    Job.objects.update(status="FAILED")
    ModelConfiguration.objects.all().delete()
    with pytest.raises(CannotRetry, match="best configuration was deleted"):
        retry(tuning_job)
    assert Job.objects.get().status == "FAILED"


def test_a_retry_by_hand_leaves_a_retraining_run_as_it_ended(
    data: TrainingData, script: Script
) -> None:
    tuning_job = search_of(data, n_trials=2, train_after_tuning=False)
    RetrainingRunFactory(
        schedule__project=data.project, tuning_job=tuning_job, status="RUNNING"
    )
    request_cancel(tuning_job.job)
    assert RetrainingRun.objects.get().status == "FAILED"
    tuning_job = run(retry(tuning_job))
    assert tuning_job.job.status == "COMPLETED"
    run_of_it = RetrainingRun.objects.get()
    assert (run_of_it.status, run_of_it.error_message) == (
        "FAILED",
        "Its job was cancelled.",
    )
