"""What becomes of the model of a completed run, where the schedule is to deploy it.

A run waits for its review, and then for the slot, in rows that the clock comes back to:
so nothing of it can fail the run, and whoever is killed loses nothing.
"""

from contextlib import suppress

from django.db import transaction
from django.db.models import Q, QuerySet

from recotem.core.errors import DomainError
from recotem.deployment.errors import ChampionChanged, ReviewUsed
from recotem.deployment.models import DeploymentSlot, GateReview
from recotem.deployment.services.log import Reason
from recotem.deployment.services.reviews import (
    Measure,
    deploy_reviewed,
    request_review,
)
from recotem.deployment.services.slots import refuse_change
from recotem.jobs.models import OPEN, Job, JobStatus
from recotem.jobs.reconciler import wake
from recotem.retraining.errors import CannotDeploy
from recotem.retraining.models import RetrainingRun, RetrainingSchedule, RunStatus
from recotem.retraining.services import moves
from recotem.retraining.services.actors import clock_of

_Status = RetrainingRun.DeploymentStatus


def have_deployed(run: RetrainingRun) -> None:
    """Let a run that is about to be saved wait for its review."""
    run.deployment_status = _Status.WAITING
    transaction.on_commit(wake, robust=True)


def deployments_open() -> QuerySet[RetrainingRun]:
    """Runs whose model waits for its review, or for the end of it."""
    waiting = Q(deployment_status=_Status.WAITING)
    reviewed = Q(deployment_status=_Status.REVIEWING) & ~Q(
        gate_review__job__status__in=OPEN
    )
    return RetrainingRun.objects.filter(waiting | reviewed).order_by("pk")


def review_ended(job: Job) -> None:
    """Called in the transaction that ends any job."""
    if job.kind == Job.Kind.REVIEW:
        transaction.on_commit(wake, robust=True)


def go_on(waiting: RetrainingRun) -> None:
    """Take the next step, or say on the run why there is none."""
    try:
        with transaction.atomic():
            _go_on(waiting)
    except DomainError as refusal:
        _give_up(waiting, refusal.message)


def _go_on(waiting: RetrainingRun) -> None:
    locked = moves.lock_run(waiting, RunStatus.COMPLETED)
    if locked is None:
        return
    schedule, run = locked
    if not schedule.auto_deploy:
        raise CannotDeploy("Automatic deployment was switched off meanwhile.")
    if run.deployment_status == _Status.WAITING:
        _begin_review(schedule, run)
    elif run.deployment_status == _Status.REVIEWING:
        _act_on_review(schedule, run)


def _begin_review(schedule: RetrainingSchedule, run: RetrainingRun) -> None:
    if run.trained_model is None:
        raise CannotDeploy("The model was deleted.")
    slot = slot_of(schedule)
    refuse_change(slot)
    run.gate_review = request_review(
        actor=clock_of(schedule),
        project=schedule.project,
        slot=slot,
        trained_model=run.trained_model,
        measure=_measure_of(schedule),
    )
    _save(run, _Status.REVIEWING, "")


def slot_of(schedule: RetrainingSchedule) -> DeploymentSlot:
    """Where its models go. Raises CannotDeploy where that is nowhere, or not clear."""
    if schedule.deployment_slot is not None:
        return schedule.deployment_slot
    active = list(schedule.project.slots.filter(is_active=True)[:2])
    if not active:
        raise CannotDeploy(
            "No slot is active. Deploy a model once; new ones are compared with it."
        )
    if len(active) > 1:
        raise CannotDeploy("Several slots are active, and the schedule names none.")
    return active[0]


def _measure_of(schedule: RetrainingSchedule) -> Measure | None:
    evaluation = schedule.evaluation_config
    if evaluation is None:
        return None
    return Measure(evaluation.target_metric, evaluation.cutoff)


def _act_on_review(schedule: RetrainingSchedule, run: RetrainingRun) -> None:
    review = run.gate_review
    if review is None or review.job.status == JobStatus.CANCELLED:
        raise CannotDeploy("The review was cancelled.")
    if review.job.status == JobStatus.FAILED:
        raise CannotDeploy(f"The review failed. {review.job.error}")
    if review.job.status == JobStatus.COMPLETED:
        if review.allows:
            _deploy(schedule, run, review)
        else:
            _save(run, _Status.REFUSED, " ".join(review.refusals))


def _deploy(
    schedule: RetrainingSchedule, run: RetrainingRun, review: GateReview
) -> None:
    """Another champion meanwhile makes another review; a person who was quicker is
    right."""
    actor, reason = clock_of(schedule), Reason.AUTO_DEPLOY
    try:
        with suppress(ReviewUsed), transaction.atomic():
            deploy_reviewed(actor=actor, review=review, reason=reason)
    except ChampionChanged:
        _save(run, _Status.WAITING, "")
    else:
        _save(run, _Status.DEPLOYED, "")


@transaction.atomic
def _give_up(waiting: RetrainingRun, why: str) -> None:
    locked = moves.lock_run(waiting, RunStatus.COMPLETED)
    if locked and locked[1].deployment_status in (_Status.WAITING, _Status.REVIEWING):
        _save(locked[1], _Status.NOT_DEPLOYED, why)


def _save(run: RetrainingRun, status: str, message: str) -> None:
    run.deployment_status, run.deployment_message = status, message
    run.save()
