"""Reviews as people see them: asked for, cancelled, overridden, acted upon."""

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid
from recotem.deployment.errors import (
    ChampionChanged,
    ReviewOpen,
    ReviewRefuses,
    ReviewUsed,
)
from recotem.deployment.models import Deployment, DeploymentSlot, GateReview
from recotem.deployment.services.gates import limits_of
from recotem.deployment.services.log import Reason, Why
from recotem.deployment.services.slots import hold_slot, serve_model
from recotem.jobs.models import OPEN, Job, JobStatus
from recotem.jobs.services import create_job, request_cancel, start
from recotem.projects.models import Project
from recotem.projects.services import require_role
from recotem.training.models import TrainedModel

_NOTED = ("override_reason",)


class Measure(NamedTuple):
    """By what two models are compared."""

    target_metric: str = "ndcg"
    cutoff: int = 20


@transaction.atomic
def request_review(
    *,
    actor: Actor,
    project: Project,
    slot: DeploymentSlot,
    trained_model: TrainedModel,
    measure: Measure | None = None,
) -> GateReview:
    """A review that a worker will make, of what the slot serves now and the candidate.

    measure: by default that of the search which the candidate comes from.
    """
    require_role(actor, project, "editor")
    held = hold_slot(slot.pk)
    _check(project, held, trained_model)
    _refuse_second(held, trained_model)
    target_metric, cutoff = measure or measure_of(trained_model)
    job = create_job(Job.Kind.REVIEW, project=project.pk)
    review = GateReview.objects.create(
        project=project,
        slot=held,
        trained_model=trained_model,
        champion_id=held.trained_model_id,
        job=job,
        target_metric=target_metric,
        cutoff=cutoff,
        limits=limits_of(project.pk),
    )
    record(actor, Action.CREATE, review, project=project.pk)
    start(job)
    return review


def _check(project: Project, slot: DeploymentSlot, candidate: TrainedModel) -> None:
    if slot.project_id != project.pk:
        raise Invalid({"slot": ["This slot is of another project."]})
    if candidate.project_id != project.pk:
        raise Invalid({"trained_model": ["This model is of another project."]})
    if not candidate.is_usable:
        raise Invalid({"trained_model": ["This model is not READY to be served."]})
    if slot.trained_model_id == candidate.pk:
        raise Invalid({"trained_model": ["The slot serves this model already."]})


def _refuse_second(slot: DeploymentSlot, candidate: TrainedModel) -> None:
    same = GateReview.objects.filter(slot=slot, trained_model=candidate)
    if same.filter(champion=slot.trained_model_id, job__status__in=OPEN).exists():
        raise ReviewOpen


def measure_of(model: TrainedModel) -> Measure:
    """What decided the search from which the model, or its configuration, comes."""
    search = getattr(model.configuration, "tuning_job", None)
    for report in (model.metrics, search and search.result):
        if report and "target_metric" in report:
            return Measure(report["target_metric"], report["cutoff"])
    return Measure()


@transaction.atomic
def cancel_review(*, actor: Actor, review: GateReview) -> None:
    """Raises Conflict when it has ended."""
    require_role(actor, review.project_id, "editor")
    request_cancel(review.job)
    record(actor, Action.CANCEL, review, project=review.project_id)


@transaction.atomic
def override_review(*, actor: Actor, review: GateReview, reason: str) -> None:
    """Open the gate in spite of what was found. Raises ReviewRefuses."""
    require_role(actor, review.project_id, "editor")
    row = _held(review)
    if row.passed is not False:
        raise ReviewRefuses("Only a review that ended with a refusal has an override.")
    if row.overridden_at:
        raise ReviewRefuses("This refusal has been overridden already.")
    before = facts(row, _NOTED)
    row.override_reason = reason
    row.overridden_by = actor.user.get_username()
    row.overridden_at = timezone.now()
    row.save()
    after = facts(row, _NOTED)
    record(actor, Action.UPDATE, row, before, after, project=row.project_id)


@transaction.atomic
def deploy_reviewed(
    *, actor: Actor, review: GateReview, reason: Reason = Reason.MANUAL
) -> Deployment:
    """Let the slot serve the candidate, if the gate is open and the slot still serves
    the champion.

    Raises ReviewRefuses, ReviewUsed, ChampionChanged, SlotGone, ModelGone, or what
    stands against a change of the slot.
    """
    require_role(actor, review.project_id, "editor")
    row = _held(review)
    if Deployment.objects.filter(review=row).exists():
        raise ReviewUsed
    if not row.allows:
        raise ReviewRefuses(_why_not(row))
    slot = hold_slot(row.slot_id)
    if slot.trained_model_id != row.champion_id:
        raise ChampionChanged
    return serve_model(
        actor=actor, slot=slot, model_id=row.trained_model_id, why=Why(reason, row)
    )


def _held(review: GateReview) -> GateReview:
    rows = GateReview.objects.select_for_update(of=("self",)).select_related("job")
    return rows.get(pk=review.pk)


def _why_not(review: GateReview) -> str:
    if review.job.status in OPEN:
        return "The review has not ended yet."
    if review.job.status != JobStatus.COMPLETED:
        return "The review ended without a verdict."
    return " ".join(["The gate refuses the model.", *review.refusals])
