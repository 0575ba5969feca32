"""Who works on a job, and what happens when they stop."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from recotem.jobs import holding
from recotem.jobs.attempts import (
    MAX_LOST_ATTEMPTS,
    attempt_job,
    claim,
    end_job,
)
from recotem.jobs.errors import AttemptLost, JobFailed
from recotem.jobs.holding import Held, hold
from recotem.jobs.models import Job, JobAttempt
from recotem.jobs.reconciler import reconcile
from recotem.jobs.services import report_progress, request_cancel
from tests.factories import JobFactory
from tests.jobs.conftest import FakeKind

WAIT_SECONDS = 60


def wait_for(reached: Callable[[], object]) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while not reached():
        assert time.monotonic() < limit, "It never came."
        time.sleep(0.02)


def run(job: Job, work: Callable[[Held], None], task_id: str = "task") -> Job:
    attempt_job(job.pk, task_id=task_id, worker="worker@here", work=work)
    job.refresh_from_db()
    return job


def complete(held: Held) -> None:
    end_job(held.attempt, "COMPLETED")


def expire(attempt: JobAttempt) -> None:
    past = timezone.now() - timedelta(seconds=1)
    JobAttempt.objects.filter(pk=attempt.pk).update(lease_until=past)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "CANCELLED"])
def test_a_job_that_has_ended_is_not_worked_on(kind: FakeKind, status: str) -> None:
    assert claim(JobFactory(status=status).pk, "task", "") is None


@pytest.mark.django_db
def test_a_job_that_is_gone_is_not_worked_on(kind: FakeKind) -> None:
    assert claim(987_654_321, "task", "") is None


@pytest.mark.django_db
def test_the_first_claim_makes_a_job_run(kind: FakeKind) -> None:
    job = JobFactory()
    attempt = claim(job.pk, "task", "worker@here")
    assert attempt is not None
    job.refresh_from_db()
    assert (job.status, job.started_at is not None) == ("RUNNING", True)
    assert attempt.lease_until > timezone.now()


@pytest.mark.django_db
def test_a_message_that_comes_twice_is_another_attempt(kind: FakeKind) -> None:
    job = JobFactory(parallelism=2)
    attempts = [claim(job.pk, "task", ""), claim(job.pk, "task", "")]
    assert len({attempt and attempt.task_id for attempt in attempts}) == 2


@pytest.mark.django_db(transaction=True)
def test_no_more_attempts_live_than_wanted_however_many_claim_at_once(
    kind: FakeKind,
) -> None:
    job = JobFactory(parallelism=3)
    start = threading.Barrier(8)

    def claim_with_the_others(number: int) -> bool:
        start.wait(WAIT_SECONDS)
        try:
            return claim(job.pk, f"task-{number}", "") is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(claim_with_the_others, range(8)))
    assert sum(claimed) == job.attempts.count() == 3


@pytest.mark.django_db(transaction=True)
def test_work_that_ends_its_job_is_a_success(kind: FakeKind) -> None:
    job = run(JobFactory(), complete)
    assert job.status == "COMPLETED"
    attempt = job.attempts.get()
    assert (attempt.status, attempt.traceback) == ("SUCCESS", "")
    assert attempt.date_done is not None
    assert kind.released == [False]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_cannot_succeed_fails_with_its_sentence(kind: FakeKind) -> None:
    def fail(_held: Held) -> None:
        raise JobFailed("The file is gone.")

    job = run(JobFactory(), fail)
    assert (job.status, job.error) == ("FAILED", "The file is gone.")
    assert job.attempts.get().status == "FAILURE"
    assert not kind.sent


@pytest.mark.django_db(transaction=True)
def test_an_error_costs_the_attempt_and_calls_another(kind: FakeKind) -> None:
    def fail(_held: Held) -> None:
        raise OSError("The disk is full.")

    job = run(JobFactory(), fail)
    assert (job.status, job.lost_attempts) == ("RUNNING", 1)
    attempt = job.attempts.get()
    assert (attempt.status, "OSError" in attempt.traceback) == ("FAILURE", True)
    assert kind.sent == [{"job_id": job.pk}]
    assert kind.released == [True]


@pytest.mark.django_db(transaction=True)
def test_attempts_that_are_lost_without_progress_fail_the_job(kind: FakeKind) -> None:
    def fail(_held: Held) -> None:
        raise OSError("The disk is full.")

    job = JobFactory()
    for _ in range(MAX_LOST_ATTEMPTS):
        assert run(job, fail).status == "RUNNING"
    report_progress(job.pk, trials_done=1)
    for _ in range(MAX_LOST_ATTEMPTS):
        assert run(job, fail).status == "RUNNING"
    assert run(job, fail).status == "FAILED"
    assert "6 times in a row" in job.error
    assert "The disk is full." in job.error
    assert kind.ended == ["FAILED"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_takes_many_attempts_along_fails_no_job(kind: FakeKind) -> None:
    job = JobFactory(parallelism=8)
    for number in range(8):
        expire(claim(job.pk, f"task-{number}", "") or pytest.fail("No attempt."))
    reconcile()
    job.refresh_from_db()
    assert (job.status, job.lost_attempts) == ("RUNNING", 8)
    for number in range(MAX_LOST_ATTEMPTS * 8 - 8 + 1):
        assert job.status == "RUNNING"
        expire(claim(job.pk, f"later-{number}", "") or pytest.fail("No attempt."))
        reconcile()
        job.refresh_from_db()
    assert (job.status, job.lost_attempts) == ("FAILED", MAX_LOST_ATTEMPTS * 8 + 1)


@pytest.mark.django_db(transaction=True)
def test_an_attempt_whose_lease_ran_out_is_given_to_another_worker(
    kind: FakeKind,
) -> None:
    job = JobFactory()
    attempt = claim(job.pk, "task", "")
    assert attempt is not None
    reconcile()
    assert (kind.sent, kind.released) == ([], [])
    expire(attempt)
    reconcile()
    attempt.refresh_from_db()
    assert (attempt.status, attempt.traceback) == (
        "FAILURE",
        "Lost: its worker vanished.",
    )
    assert {"job_id": job.pk} in kind.sent
    assert kind.released == [True]
    with pytest.raises(AttemptLost):
        end_job(attempt, "COMPLETED")


@pytest.mark.django_db(transaction=True)
def test_jobs_that_lack_attempts_are_called_again_though_one_cannot_be(
    kind: FakeKind,
) -> None:
    JobFactory(kind="nobody knows it")
    waiting = JobFactory(parallelism=2)
    full = JobFactory()
    claim(full.pk, "task", "")
    JobFactory(status="COMPLETED")
    reconcile()
    assert kind.sent == [{"job_id": waiting.pk}] * 2


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_keeps_a_short_lease_alive(kind: FakeKind, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 1
    attempt = claim(JobFactory().pk, "task", "")
    assert attempt is not None
    first = attempt.lease_until

    def renewed() -> bool:
        attempt.refresh_from_db()
        return attempt.lease_until > first

    with hold(attempt) as held:
        wait_for(renewed)
        assert held.stop_reason() is None


@pytest.mark.django_db(transaction=True)
def test_work_is_told_when_its_lease_cannot_be_renewed(
    kind: FakeKind, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOB_LEASE_SECONDS = 1

    def hang(_held: Held) -> None:
        released.wait(WAIT_SECONDS)

    released = threading.Event()
    monkeypatch.setattr(Held, "look", hang)

    def work(held: Held) -> None:
        try:
            wait_for(held.stop_reason)
        finally:
            released.set()
        assert held.lost
        raise AttemptLost

    job = run(JobFactory(), work)
    assert (job.status, job.lost_attempts) == ("RUNNING", 0)
    assert job.attempts.get().status == "REVOKED"


@pytest.mark.django_db(transaction=True)
def test_a_step_is_done_again_while_the_database_is_away(
    kind: FakeKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "LOOK_SECONDS", 0.01)
    calls: list[int] = []

    def step(number: int) -> int:
        calls.append(number)
        if len(calls) < 3:
            raise OperationalError("The server closed the connection.")
        return number + 1

    def work(held: Held) -> None:
        assert held.outlast(step, 1) == 2
        complete(held)

    job = run(JobFactory(), work)
    assert (job.status, job.lost_attempts, calls) == ("COMPLETED", 0, [1, 1, 1])


@pytest.mark.django_db(transaction=True)
def test_a_step_is_given_up_when_the_database_is_away_for_longer_than_the_lease(
    kind: FakeKind, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Held, "look", lambda _held: None)
    settings.JOB_LEASE_SECONDS = 1

    def step() -> None:
        raise OperationalError("The server closed the connection.")

    job = run(JobFactory(), lambda held: held.outlast(step))
    assert job.attempts.get().status == "REVOKED"


@pytest.mark.django_db(transaction=True)
def test_work_is_told_when_its_job_was_cancelled(kind: FakeKind) -> None:
    def work(held: Held) -> None:
        request_cancel(held.attempt.job)
        wait_for(held.stop_reason)
        assert (held.cancelled, held.lost) == (True, False)
        raise AttemptLost

    job = run(JobFactory(), work)
    assert job.status == "CANCELLED"
    assert job.attempts.get().status == "REVOKED"
    assert not kind.sent


@pytest.mark.django_db(transaction=True)
def test_work_is_told_when_its_attempt_was_given_away(kind: FakeKind) -> None:
    def work(held: Held) -> None:
        expire(held.attempt)
        reconcile()
        wait_for(held.stop_reason)
        assert (held.cancelled, held.lost) == (False, True)
        raise AttemptLost

    job = run(JobFactory(), work)
    assert (job.status, job.attempts.get().status) == ("RUNNING", "FAILURE")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_hands_its_job_to_others_at_once(kind: FakeKind) -> None:
    def work(held: Held) -> None:
        holding.stopping.set()
        assert held.stop_reason() == "stopping"
        raise InterruptedError

    try:
        job = run(JobFactory(), work)
        run(job, complete, "a message that came while it stops")
    finally:
        holding.stopping.clear()
    assert (job.status, job.lost_attempts) == ("RUNNING", 0)
    assert job.attempts.get().status == "REVOKED"
    assert kind.sent == [{"job_id": job.pk}]
    assert kind.released == [False]
