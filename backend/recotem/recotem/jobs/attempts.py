"""Attempts: a worker takes a job under a lease, keeps it alive, and lets it go.

The way for a task to work on a job is `attempt_job`.
"""

import logging
import traceback
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from recotem.jobs.bells import missing_attempts
from recotem.jobs.errors import AttemptLost, CannotRetry, JobFailed
from recotem.jobs.holding import Held, hold, stopping
from recotem.jobs.kinds import kind_of
from recotem.jobs.models import OPEN, Job, JobAttempt, JobStatus
from recotem.jobs.services import append_log, finish, lock, move, start

log = logging.getLogger(__name__)

#: A job fails when more attempts than this, for each of those that it may have at a
#: time, were lost without any progress: one worker may take all of them along.
MAX_LOST_ATTEMPTS = 5


def attempt_job(
    job_id: int, *, task_id: str, worker: str, work: Callable[[Held], None]
) -> None:
    """Claim the job, do `work` under a heartbeat, and record how the attempt ended.

    Does nothing when the job needs no further attempt, or this process stops. `work`
    ends the job itself with `end_job`. JobFailed fails the job with its sentence; any
    other error costs this attempt only, and another one is started.
    """
    attempt = None if stopping.is_set() else claim(job_id, task_id, worker)
    if attempt is None:
        return
    try:
        with hold(attempt) as held:
            work(held)
    except Exception as error:
        _let_go(attempt, held, error)
    else:
        end_attempt(attempt, JobAttempt.Status.SUCCESS)


@transaction.atomic
def claim(job_id: int, task_id: str, worker: str) -> JobAttempt | None:
    """A new attempt, or None when the job has ended or has enough of them."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not missing_attempts(job):
        return None
    if JobAttempt.objects.filter(task_id=task_id).exists():
        task_id = str(uuid.uuid4())  # the broker delivered an old message again
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    attempt = JobAttempt.objects.create(
        job=job, task_id=task_id, worker=worker, lease_until=Now() + lease
    )
    if job.status == JobStatus.PENDING:
        move(job.pk, JobStatus.RUNNING)
    attempt.refresh_from_db()
    return attempt


def lock_held(attempt: JobAttempt) -> Job:
    """The locked job, if the attempt still holds it and it is RUNNING.

    Call it inside the transaction of each write an attempt makes. Raises AttemptLost.
    """
    job = Job.objects.select_for_update().filter(pk=attempt.job_id).first()
    alive = JobAttempt.objects.filter(pk=attempt.pk, status=JobAttempt.Status.STARTED)
    if job is None or job.status != JobStatus.RUNNING or not alive.exists():
        raise AttemptLost
    return job


@transaction.atomic
def end_job(attempt: JobAttempt, status: str, error: str = "") -> None:
    """End the job, and the attempt that still holds it. Raises AttemptLost."""
    finish(lock_held(attempt), status, error)
    end_attempt(attempt, JobAttempt.Status.SUCCESS)


@transaction.atomic
def end_attempt(
    attempt: JobAttempt, status: str, reason: str = "", *, crashed: bool = False
) -> bool:
    """Take the attempt from its worker; False when it had ended before."""
    Job.objects.select_for_update().filter(pk=attempt.job_id).first()
    alive = JobAttempt.objects.filter(pk=attempt.pk, status=JobAttempt.Status.STARTED)
    if not alive.update(status=status, traceback=reason, date_done=Now()):
        return False
    kind_of(attempt.job).on_release(attempt, crashed=crashed)
    return True


@transaction.atomic
def lose_attempt(attempt: JobAttempt, why: str, trace: str = "") -> None:
    """End an attempt that failed its job and call another, or give the job up.

    why: half a sentence, like 'its worker vanished'.
    """
    status = JobAttempt.Status.FAILURE
    if not end_attempt(attempt, status, trace or f"Lost: {why}.", crashed=True):
        return
    Job.objects.filter(pk=attempt.job_id).update(lost_attempts=F("lost_attempts") + 1)
    job = Job.objects.get(pk=attempt.job_id)
    if job.status not in OPEN:
        return
    append_log(job.pk, f"An attempt was lost: {why}.", attempt)
    if job.lost_attempts > MAX_LOST_ATTEMPTS * job.parallelism:
        finish(job, JobStatus.FAILED, _given_up(job.lost_attempts, why))
    else:
        start(job)


@transaction.atomic
def retry_job(job: Job, line: str) -> None:
    """Let a FAILED or CANCELLED job wait for workers again, and log the line.

    Attempts that have not noticed its end yet lose it. Raises CannotRetry.
    """
    if not move(job.pk, JobStatus.PENDING):
        raise CannotRetry(_WHY_NOT[JobStatus(lock(job.pk).status)])
    for attempt in job.attempts.filter(status=JobAttempt.Status.STARTED):
        end_attempt(attempt, JobAttempt.Status.REVOKED)
    append_log(job.pk, line)
    job.refresh_from_db()
    start(job)


_WHY_NOT = {
    JobStatus.PENDING: "The job has not begun yet.",
    JobStatus.RUNNING: "The job has not ended yet.",
    JobStatus.COMPLETED: "The job is done; nothing of it is missing.",
}


def _given_up(times: int, why: str) -> str:
    return (
        f"{times} times in a row the worker vanished or failed without any "
        f"progress, the last time because {why}."
    )


def _let_go(attempt: JobAttempt, held: Held, error: Exception) -> None:
    reason = held.stop_reason()
    if isinstance(error, AttemptLost) or reason:
        log.warning("Attempt %s lets its job go: %s", attempt.pk, reason or error)
        _stop(attempt)
    elif isinstance(error, JobFailed):
        _fail(attempt, str(error))
    else:
        log.error("Attempt %s at a job failed", attempt.pk, exc_info=error)
        why = f"of an error ({type(error).__name__}: {error})".rstrip(".")
        lose_attempt(attempt, why, "".join(traceback.format_exception(error)))


@transaction.atomic
def _stop(attempt: JobAttempt) -> None:
    """The job was cancelled, or this worker stops: let others take over at once."""
    end_attempt(attempt, JobAttempt.Status.REVOKED)
    job = Job.objects.filter(pk=attempt.job_id).first()
    if job is not None:
        start(job)


@transaction.atomic
def _fail(attempt: JobAttempt, sentence: str) -> None:
    if end_attempt(attempt, JobAttempt.Status.FAILURE, sentence):
        finish(attempt.job, JobStatus.FAILED, sentence)
