"""Jobs: making, moving, ending, and what they write down."""

from django.db import transaction
from django.db.models.functions import Now

from recotem.core.errors import Conflict
from recotem.jobs.bells import ring_listeners, ring_workers
from recotem.jobs.kinds import ENDINGS, kind_of
from recotem.jobs.models import MOVES, OPEN, Job, JobAttempt, JobStatus, TaskLog


def create_job(kind: str, *, project: int, parallelism: int = 1) -> Job:
    """A PENDING job. Link it to its subject, then call `start`."""
    return Job.objects.create(kind=kind, project=project, parallelism=parallelism)


def start(job: Job) -> None:
    """Call workers after the commit. A lost call is repeated by the reconciler."""
    transaction.on_commit(lambda: ring_workers(job), robust=True)


def lock(job_id: int) -> Job:
    """The job row, locked until the transaction ends. Raises Job.DoesNotExist."""
    return Job.objects.select_for_update().get(pk=job_id)


@transaction.atomic
def move(job_id: int, status: str, error: str = "") -> bool:
    """Change the status if MOVES allows it from the present one; says whether it did.

    An end is told to the kind, and to who else asked, in the same transaction.
    """
    job = lock(job_id)
    before = [old for old, following in MOVES.items() if status in following]
    changes = {"status": status, "error": error, **_stamps(status)}
    if not Job.objects.filter(pk=job_id, status__in=before).update(**changes):
        return False
    job.refresh_from_db()
    if status not in OPEN:
        kind_of(job).on_end(job)
        for tell in ENDINGS:
            tell(job)
    transaction.on_commit(lambda: ring_listeners(job_id), robust=True)
    return True


def _stamps(status: str) -> dict[str, object]:
    now: dict[str, object] = {"updated_at": Now()}
    if status == JobStatus.RUNNING:
        return now | {"started_at": Now()}
    if status == JobStatus.PENDING:
        reset = {"started_at": None, "ended_at": None, "cancel_requested_at": None}
        return now | reset | {"lost_attempts": 0}
    return now | {"ended_at": Now()}


@transaction.atomic
def finish(job: Job, status: str, error: str = "") -> bool:
    """End the job and say so in its log; False when it had ended before."""
    if not move(job.pk, status, error):
        return False
    append_log(job.pk, _last_line(status, error))
    job.refresh_from_db()
    return True


def _last_line(status: str, error: str) -> str:
    words = {
        JobStatus.COMPLETED: "The job is done.",
        JobStatus.CANCELLED: "The job was cancelled.",
        JobStatus.FAILED: f"The job failed: {error}",
    }
    return words[JobStatus(status)]


@transaction.atomic
def request_cancel(job: Job) -> Job:
    """Cancel at once; attempts that still run notice within about a second.

    Raises Conflict when the job has ended.
    """
    if not finish(job, JobStatus.CANCELLED):
        message = "The job has already ended."
        raise Conflict(message, code="job_ended")
    Job.objects.filter(pk=job.pk).update(cancel_requested_at=Now())
    job.refresh_from_db()
    return job


@transaction.atomic
def append_log(job_id: int, text: str, attempt: JobAttempt | None = None) -> TaskLog:
    """Write a line. The job row is locked first, so ids follow the commit order."""
    job = lock(job_id)
    line = TaskLog.objects.create(
        job=job, project=job.project, attempt=attempt, contents=text
    )
    transaction.on_commit(lambda: ring_listeners(job_id), robust=True)
    return line


def report_progress(job_id: int, **progress: object) -> None:
    """Replace what the job says of how far it is, and forgive lost attempts."""
    Job.objects.filter(pk=job_id).update(
        progress=progress, lost_attempts=0, updated_at=Now()
    )
    transaction.on_commit(lambda: ring_listeners(job_id), robust=True)
