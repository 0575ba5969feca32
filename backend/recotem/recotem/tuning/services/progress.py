"""How far a search is, as its job tells it."""

import math
from collections.abc import Sequence
from datetime import timedelta
from statistics import fmean
from typing import Any

from django.utils import timezone

from recotem.jobs.models import Job, JobAttempt
from recotem.jobs.services import report_progress
from recotem.tuning.models import ParameterTuningJob, Trial
from recotem.tuning.selectors import finished_trials

#: So many trials say how long the next ones take; earlier ones may have been quicker.
LATEST = 50


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


def estimate(
    durations: Sequence[float],
    *,
    n_left: int,
    n_parallel: int,
    n_after: int,
    at_most: float | None,
) -> float | None:
    """Seconds until a search is done; None while nobody can know.

    durations: seconds that trials took. n_left: trials that have not ended, n_parallel
    at a time and not for longer than `at_most` seconds. n_after: steps that follow one
    by one, each taken to last as long as a trial.
    """
    if not durations:
        return None
    each = fmean(durations)
    trials = math.ceil(n_left / n_parallel) * each
    if at_most is not None:
        trials = min(trials, max(0.0, at_most))
    return trials + n_after * each


def _seconds_left(tuning_job: ParameterTuningJob, job: Job, done: int) -> Any:
    """The test and the training of the winner follow the trials."""
    times = finished_trials(tuning_job).order_by("-ended_at")[:LATEST]
    durations = [
        (ended_at - started_at).total_seconds()
        for started_at, ended_at in times.values_list("started_at", "ended_at")
        if ended_at is not None
    ]
    working = job.attempts.filter(status=JobAttempt.Status.STARTED).count()
    left = estimate(
        durations,
        n_left=tuning_job.n_trials - done,
        n_parallel=max(1, working),
        n_after=2 if tuning_job.train_after_tuning else 1,
        at_most=seconds_to_deadline(tuning_job, job),
    )
    return None if left is None else round(left, 1)
