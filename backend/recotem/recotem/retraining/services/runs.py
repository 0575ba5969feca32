"""A run from its begin to its end. The end of its job moves it."""

import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.audit import Action, record
from recotem.core.errors import DomainError, Invalid, NotFound
from recotem.jobs.models import OPEN, Job, JobStatus
from recotem.projects.services import require_role
from recotem.retraining.errors import CannotRun, RunOpen
from recotem.retraining.models import RetrainingRun, RetrainingSchedule, RunStatus
from recotem.retraining.services import moves
from recotem.retraining.services.actors import clock_of
from recotem.retraining.services.work import brings_nothing, complete, queue_work

log = logging.getLogger(__name__)


@transaction.atomic
def trigger(*, actor: Actor, schedule: RetrainingSchedule) -> RetrainingRun:
    """A run at once, switched on or not, new data or not: somebody asked for it.

    Raises RunOpen, or CannotRun with what stands against it.
    """
    require_role(actor, schedule.project_id, "editor")
    locked = moves.lock_schedule(schedule.pk)
    if locked is None:
        raise NotFound
    if moves.has_open_run(locked):
        raise RunOpen
    run = locked.runs.create(project_id=locked.project_id, is_manual=True)
    record(actor, Action.CREATE, run, project=locked.project_id)
    try:
        queue_work(actor, locked, run)
    except Invalid as refusal:
        raise CannotRun(refusal.message) from refusal
    return run


def begin(run: RetrainingRun) -> None:
    """Start an attempt at a waiting run, or say on the run why that was not done."""
    try:
        with transaction.atomic():
            _begin(run)
    except DomainError as refusal:
        _could_not_begin(run, refusal.message, again=False)
    except Exception as error:  # of the database or of ours: later may be better
        log.exception("Run %s could not begin.", run.pk)
        why = f"It could not begin ({type(error).__name__})."
        _could_not_begin(run, why, again=True)


def _begin(waiting: RetrainingRun) -> None:
    locked = moves.lock_run(waiting, RunStatus.PENDING)
    if locked is None or not _is_time(locked[1]):
        return
    schedule, run = locked
    if not run.is_manual and not schedule.is_enabled:
        moves.end(schedule, run, RunStatus.SKIPPED, "The schedule was switched off.")
    elif not run.is_manual and brings_nothing(schedule):
        why = "The data has not changed since the last completed run."
        moves.end(schedule, run, RunStatus.SKIPPED, why)
    else:
        queue_work(clock_of(schedule), schedule, run)


def _is_time(run: RetrainingRun) -> bool:
    """Another worker may have begun it meanwhile, and failed."""
    return run.next_attempt_at is not None and run.next_attempt_at <= timezone.now()


@transaction.atomic
def _could_not_begin(waiting: RetrainingRun, why: str, *, again: bool) -> None:
    locked = moves.lock_run(waiting, RunStatus.PENDING)
    if locked is None:
        return
    if again:
        moves.try_again(*locked, why)
    else:
        moves.fail(*locked, why)


def job_ended(job: Job) -> None:
    """Called in the transaction that ends any job: the run that waits for it moves."""
    mine = Q(trained_model__job=job) | Q(tuning_job__job=job)
    for run in RetrainingRun.objects.filter(mine, status=RunStatus.RUNNING):
        settle(run)


@transaction.atomic
def settle(running: RetrainingRun) -> None:
    """Bring a RUNNING run to where its job is; nothing to do while that is open."""
    locked = moves.lock_run(running, RunStatus.RUNNING)
    if locked is None:
        return
    schedule, run = locked
    job = run.job
    if job is None:
        moves.fail(schedule, run, "What it worked on was deleted.")
    elif job.status == JobStatus.COMPLETED:
        complete(schedule, run)
    elif job.status == JobStatus.CANCELLED:
        moves.end(schedule, run, RunStatus.FAILED, "Its job was cancelled.")
    elif job.status not in OPEN:
        moves.try_again(schedule, run, job.error)
