"""One attempt at a review: a child process compares, the rows keep what it found."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from recotem.datasets.services.versions import interactions_of
from recotem.deployment.models import GateReview
from recotem.jobs.attempts import attempt_job, end_job, lock_held
from recotem.jobs.computing import computing
from recotem.jobs.errors import JobFailed
from recotem.jobs.holding import Held
from recotem.jobs.models import JobStatus
from recotem.jobs.services import append_log
from recotem.training.models import TrainedModel
from recotem_engine.comparison import Comparison
from recotem_engine.gate import Limits, judge


def run_review(*, review_id: int, task_id: str, worker: str) -> None:
    """One attempt at a review; nothing to do if it is gone."""
    review = GateReview.objects.filter(pk=review_id).first()
    if review is not None:
        work = partial(_work, review)
        attempt_job(review.job_id, task_id=task_id, worker=worker, work=work)


def _work(review: GateReview, held: Held) -> None:
    line = f"Comparing model {review.trained_model_id} with {review.champion_id}."
    append_log(review.job_id, line, held.attempt)
    found = _compare(review, held)
    verdict = judge(Comparison.from_json(found), Limits.from_json(review.limits))
    with transaction.atomic():
        lock_held(held.attempt)
        review.comparison = found
        review.passed = verdict.passed
        review.checks = [check.to_json() for check in verdict.checks]
        review.save(update_fields=["comparison", "passed", "checks", "updated_at"])
        end_job(held.attempt, JobStatus.COMPLETED)


def _compare(review: GateReview, held: Held) -> dict[str, Any]:
    contenders = {
        "candidate": _contender(review.trained_model_id, "new"),
        "champion": _contender(review.champion_id, "served"),
    }
    with computing("The comparison") as child:
        return child.call(
            "compare",
            **contenders,
            metric=review.target_metric,
            cutoff=review.cutoff,
            on_progress=partial(_write_down, held),
            should_stop=held.stop_reason,
            timeout=settings.STEP_TIME_LIMIT,
        )


def _write_down(held: Held, now: dict[str, Any]) -> None:
    """A line for each step: 'Fitting the candidate (IALS).'"""
    whose = ""
    if "contender" in now:
        whose = f" the {now['contender']} ({now['algorithm']})"
    line = f"{now['stage'].capitalize()}{whose}."
    append_log(held.attempt.job_id, line, held.attempt)


def _contender(model_id: int | None, which: str) -> dict[str, Any]:
    rows = TrainedModel.objects.select_related("configuration", "data_loc")
    model = rows.filter(pk=model_id or 0).first()
    if model is None:
        raise JobFailed(f"The {which} model was deleted.")
    interactions = interactions_of(model.data_loc, model.data_version)
    if interactions is None:
        raise JobFailed(f"The data that the {which} model was trained on was removed.")
    return {
        "interactions": str(interactions),
        "algorithm": model.configuration.recommender_class_name,
        "parameters": model.configuration.parameters_json,
        "n_bytes": model.filesize,
    }
