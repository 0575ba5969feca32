"""The states of a job, pair by pair."""

import itertools

import pytest

from recotem.core.errors import Conflict
from recotem.jobs.models import MOVES, OPEN, JobStatus
from recotem.jobs.services import append_log, finish, move, request_cancel
from tests.factories import JobFactory
from tests.jobs.conftest import FakeKind

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.product(JobStatus.values, JobStatus.values))
)
def test_a_status_follows_another_by_the_table_only(
    kind: FakeKind, before: str, after: str
) -> None:
    job = JobFactory(status=before)
    allowed = after in MOVES[before]
    assert move(job.pk, after) == allowed
    job.refresh_from_db()
    assert job.status == (after if allowed else before)
    assert kind.ended == ([after] if allowed and after not in OPEN else [])


def test_an_ended_job_cannot_be_cancelled(kind: FakeKind) -> None:
    with pytest.raises(Conflict, match="already ended"):
        request_cancel(JobFactory(status="COMPLETED"))


def test_a_cancel_ends_the_job_at_once_and_says_so(kind: FakeKind) -> None:
    job = request_cancel(JobFactory(status="RUNNING"))
    assert job.status == "CANCELLED"
    assert job.ended_at is not None
    assert job.cancel_requested_at is not None
    assert [line.contents for line in job.logs.all()] == ["The job was cancelled."]


def test_only_the_first_end_counts(kind: FakeKind) -> None:
    job = JobFactory(status="RUNNING")
    assert finish(job, "FAILED", "The file is gone.")
    assert not finish(job, "COMPLETED")
    job.refresh_from_db()
    assert (job.status, job.error) == ("FAILED", "The file is gone.")


def test_a_job_that_starts_again_has_forgotten_its_end(kind: FakeKind) -> None:
    job = JobFactory(status="RUNNING", lost_attempts=3)
    finish(job, "FAILED", "The file is gone.")
    assert move(job.pk, "PENDING")
    job.refresh_from_db()
    assert (job.error, job.ended_at, job.lost_attempts) == ("", None, 0)


def test_a_line_of_a_job_that_is_gone_is_not_written(kind: FakeKind) -> None:
    job = JobFactory()
    pk = job.pk
    job.delete()
    with pytest.raises(type(job).DoesNotExist):
        append_log(pk, "Too late.")
