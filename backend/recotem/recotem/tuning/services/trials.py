"""Rows of trials: claimed by attempts, ended once, released when an attempt is lost.

Every write locks the job's row first and checks that the attempt still holds it, so a
result that comes too late is refused.
"""

import math
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from recotem.jobs.attempts import lock_held
from recotem.jobs.errors import AttemptLost
from recotem.jobs.models import JobAttempt
from recotem.jobs.services import append_log
from recotem.tuning.models import ParameterTuningJob, Trial
from recotem.tuning.selectors import FINISHED, finished_trials
from recotem.tuning.services.progress import report
from recotem_engine.trials import TrialRecord

#: A trial whose process died so often is given up.
MAX_CRASHES = 3


@transaction.atomic
def claim_trial(
    tuning_job: ParameterTuningJob, attempt: JobAttempt, *, out_of_time: bool
) -> Trial | None:
    """A released trial, else the next number; None when there is no more to begin."""
    lock_held(attempt)
    tuning_job.refresh_from_db(fields=["finishing_attempt"])
    if out_of_time or tuning_job.finishing_attempt_id is not None:
        return None
    trials = tuning_job.trials
    released = trials.filter(state=Trial.State.RUNNING, attempt=None).first()
    if released is not None:
        trials.filter(pk=released.pk).update(attempt=attempt, started_at=Now())
        released.refresh_from_db()
        return released
    number = _next_number(tuning_job)
    return trials.create(number=number, attempt=attempt) if number else None


def _next_number(tuning_job: ParameterTuningJob) -> int | None:
    """The lowest that is free: a job that ended early may have left gaps."""
    taken = set(tuning_job.trials.values_list("number", flat=True))
    numbers = range(1, tuning_job.n_trials + 1)
    return next((number for number in numbers if number not in taken), None)


def history(tuning_job: ParameterTuningJob) -> list[TrialRecord]:
    """The trials that have ended, as the engine knows them."""
    return [as_record(trial) for trial in finished_trials(tuning_job)]


def as_record(trial: Trial) -> TrialRecord:
    """The engine counts from 0, people and rows from 1."""
    return TrialRecord(
        number=trial.number - 1,
        algorithm=trial.algorithm,
        parameters=trial.parameters,
        state="COMPLETED" if trial.state == Trial.State.COMPLETED else "FAILED",
        score=trial.score,
        metrics=trial.metrics,
        seconds=trial.seconds or 0.0,
        error=trial.error,
        stage="screening" if trial.stage == "screening" else "search",
    )


@transaction.atomic
def note_candidate(
    trial: Trial, attempt: JobAttempt, candidate: dict[str, Any]
) -> None:
    """Write down what the trial tries before it is tried."""
    lock_held(attempt)
    _update(
        trial,
        attempt,
        algorithm=candidate["algorithm"],
        parameters=candidate["parameters"],
        stage=candidate["stage"],
    )


@transaction.atomic
def record_trial(trial: Trial, attempt: JobAttempt, record: TrialRecord) -> None:
    """End the trial with its result, and tell how far the job is."""
    job = lock_held(attempt)
    score = record.score
    completed = record.state == "COMPLETED" and score is not None
    if completed and not math.isfinite(score or 0.0):
        return fail_trial(trial, attempt, "Its score is not a number.")
    if not completed:
        return fail_trial(trial, attempt, record.error, seconds=record.seconds)
    best = _is_best(trial.tuning_job, score or 0.0)
    _update(
        trial,
        attempt,
        state=Trial.State.COMPLETED,
        parameters=record.parameters,
        score=score,
        metrics=record.metrics,
        seconds=record.seconds,
        ended_at=Now(),
    )
    so_far = " (best so far)" if best else ""
    line = f"{trial.algorithm} scored {score:.4f}{so_far} in {record.seconds:.1f} s"
    append_log(job.pk, f"{_name(trial)}: {line}", attempt)
    report(trial.tuning_job, job)
    return None


@transaction.atomic
def fail_trial(
    trial: Trial, attempt: JobAttempt, error: str, *, seconds: float | None = None
) -> None:
    """End the trial without a result; the job goes on."""
    job = lock_held(attempt)
    failed = {"state": Trial.State.FAILED, "error": error, "ended_at": Now()}
    _update(trial, attempt, seconds=seconds, **failed)
    append_log(job.pk, f"{_name(trial)}: {trial.algorithm} failed: {error}", attempt)
    report(trial.tuning_job, job)


@transaction.atomic
def crash_trial(trial: Trial, attempt: JobAttempt, why: str) -> None:
    """Its process died: let it be tried again, or end it the third time."""
    job = lock_held(attempt)
    if trial.crashes + 1 >= MAX_CRASHES:
        _update(trial, attempt, crashes=F("crashes") + 1)
        return fail_trial(trial, attempt, _given_up(why))
    _update(trial, attempt, crashes=F("crashes") + 1, attempt=None)
    append_log(job.pk, f"{_name(trial)} is tried again. {why}", attempt)
    return None


def release_trials(attempt: JobAttempt, *, crashed: bool) -> None:
    """Let others have the trials of an attempt that ended; inside its transaction.

    A trial that was running when its worker crashed may be the reason for it.
    """
    mine = Trial.objects.filter(attempt=attempt, state=Trial.State.RUNNING)
    if crashed:
        hopeless = mine.filter(crashes__gte=MAX_CRASHES - 1)
        error = _given_up("Its worker vanished.")
        hopeless.update(state=Trial.State.FAILED, error=error, ended_at=Now())
        mine.update(crashes=F("crashes") + 1)
    mine.update(attempt=None)


def _given_up(why: str) -> str:
    return f"It was tried {MAX_CRASHES} times, and its process died each time. {why}"


def _update(trial: Trial, attempt: JobAttempt, /, **values: Any) -> None:
    mine = Trial.objects.filter(pk=trial.pk, attempt=attempt, state=Trial.State.RUNNING)
    if not mine.update(**values):
        raise AttemptLost
    trial.refresh_from_db()


def _is_best(tuning_job: ParameterTuningJob, score: float) -> bool:
    return not tuning_job.trials.filter(
        state=Trial.State.COMPLETED, score__gte=score
    ).exists()


def _name(trial: Trial) -> str:
    return f"Trial {trial.number} of {trial.tuning_job.n_trials}"


def n_terminal(tuning_job: ParameterTuningJob) -> int:
    return tuning_job.trials.filter(state__in=FINISHED).count()
