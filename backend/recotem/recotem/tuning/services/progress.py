"""How far a search is, as its job tells it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from recotem.jobs.models import Job
from recotem.jobs.services import report_progress
from recotem.tuning.models import ParameterTuningJob, Trial
from recotem.tuning.selectors import finished_trials


def report(tuning_job: ParameterTuningJob, job: Job) -> None:
    """Write {trials_done, n_trials, best_score, best_algorithm, seconds_left}."""
    done = finished_trials(tuning_job).count()
    best = best_row(tuning_job)
    report_progress(
        job.pk,
        trials_done=done,
        n_trials=tuning_job.n_trials,
        best_score=best.score if best else None,
        best_algorithm=best.algorithm if best else None,
        seconds_left=_seconds_left(tuning_job, job, done),
    )


def best_row(tuning_job: ParameterTuningJob) -> Trial | None:
    """The highest score, the earlier of equals."""
    completed = tuning_job.trials.filter(state=Trial.State.COMPLETED)
    return completed.order_by("-score", "number").first()


def seconds_to_deadline(tuning_job: ParameterTuningJob, job: Job) -> float | None:
    """Seconds until the search must stop; None when it may take its time."""
    if tuning_job.timeout_overall is None or job.started_at is None:
        return None
    deadline = job.started_at + timedelta(seconds=tuning_job.timeout_overall)
    return (deadline - timezone.now()).total_seconds()


def _seconds_left(tuning_job: ParameterTuningJob, job: Job, done: int) -> Any:
    if not done or job.started_at is None:
        return None
    so_far = (timezone.now() - job.started_at).total_seconds()
    left = so_far / done * (tuning_job.n_trials - done)
    deadline = seconds_to_deadline(tuning_job, job)
    return round(max(0.0, left if deadline is None else min(left, deadline)), 1)
