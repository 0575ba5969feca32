"""Stopping a training, and taking up one that did not succeed."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response

from recotem.core.models import AuditEntry
from recotem.datasets.models import DataVersion
from recotem.jobs.models import Job, JobAttempt
from recotem.training.models import TrainedModel
from tests.factories import (
    JobAttemptFactory,
    ParameterTuningJobFactory,
    TrainedModelFactory,
)
from tests.people import People

type Call = Callable[..., Response]

pytestmark = pytest.mark.django_db


def training(people: People, job_status: str, status: str, **values: Any) -> Any:
    return TrainedModelFactory(
        configuration__project=people.project,
        data_loc__columnar="log.parquet",
        job__status=job_status,
        status=status,
        file=None,
        **values,
    )


def post(call_as: Call, who: str, model: TrainedModel, verb: str) -> Response:
    return call_as(who, "post", f"trained_model/{model.pk}/{verb}/")


@pytest.mark.parametrize("verb", ["cancel", "retry"])
@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("viewer", 403), ("key_read", 403)]
)
def test_only_who_may_write_stops_and_retries(
    call_as: Call, people: People, verb: str, who: str, status: int
) -> None:
    model = training(people, "FAILED", "FAILED")
    assert post(call_as, who, model, verb).status_code == status
    assert Job.objects.get().status == "FAILED"


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_what_a_tuning_job_trains_is_left_to_that_job(
    call_as: Call, people: People, verb: str
) -> None:
    model = training(people, "FAILED", "FAILED")
    model.job.delete()
    ParameterTuningJobFactory(data=model.data_loc, tuned_model=model)
    answer = post(call_as, "owner", model, verb)
    assert (answer.status_code, answer.data["code"]) == (409, "trained_by_tuning")


@pytest.mark.parametrize(
    ("job_status", "status", "why"),
    [
        ("PENDING", "PENDING", "The job has not begun yet."),
        ("RUNNING", "RUNNING", "The job has not ended yet."),
        ("COMPLETED", "READY", "The job is done; nothing of it is missing."),
    ],
)
def test_only_what_did_not_succeed_is_retried(
    call_as: Call, people: People, job_status: str, status: str, why: str
) -> None:
    model = training(people, job_status, status)
    answer = post(call_as, "owner", model, "retry")
    assert answer.status_code == 409
    assert answer.data == {"detail": why, "code": "cannot_retry"}
    model.refresh_from_db()
    assert model.status == status


def test_a_training_whose_data_are_gone_is_not_retried(
    call_as: Call, people: People
) -> None:
    model = training(people, "FAILED", "FAILED")
    DataVersion.objects.update(file=None, columnar="")
    answer = post(call_as, "owner", model, "retry")
    assert answer.status_code == 409
    assert answer.data["detail"] == "The file of the training data was removed."
    assert Job.objects.get().status == "FAILED"


def test_a_cancelled_training_ends_at_once_and_cannot_be_cancelled_twice(
    call_as: Call, people: People
) -> None:
    model = training(people, "RUNNING", "RUNNING")
    answer = post(call_as, "editor", model, "cancel")
    assert answer.status_code == 200
    assert answer.data["status"] == "FAILED"
    assert answer.data["error"] == "The training was cancelled."
    again = post(call_as, "editor", model, "cancel")
    assert (again.status_code, again.data["code"]) == (409, "job_ended")
    assert [entry.action for entry in AuditEntry.objects.all()] == ["cancel"]


@pytest.mark.parametrize("job_status", ["FAILED", "CANCELLED"])
def test_a_retried_training_waits_for_workers_and_is_taken_from_old_ones(
    call_as: Call, people: People, job_status: str
) -> None:
    model = training(people, job_status, "FAILED", data_version=1, error="No luck.")
    JobAttemptFactory(job=model.job)
    answer = post(call_as, "editor", model, "retry")
    assert answer.status_code == 200
    told = answer.data
    assert (told["status"], told["error"], told["data_version"]) == ("PENDING", "", 1)
    assert Job.objects.get().status == "PENDING"
    assert JobAttempt.objects.get().status == "REVOKED"
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == (
        {"status": "FAILED"},
        {"status": "PENDING"},
    )
