"""What one attempt does for a tuning job: trials while there are any, then the end."""

from django.conf import settings

from recotem.jobs.attempts import attempt_job
from recotem.jobs.holding import Held
from recotem.jobs.limits import took_too_long
from recotem.tuning.models import ParameterTuningJob, Trial
from recotem.tuning.services.finishing import finish_search
from recotem.tuning.services.search_child import OUT_OF_TIME, SearchChild
from recotem.tuning.services.slots import tuning_slot
from recotem.tuning.services.trials import (
    claim_trial,
    crash_trial,
    fail_trial,
    history,
    note_candidate,
    record_trial,
)
from recotem_engine.compute import ComputeCrashed, ComputeStopped, ComputeTimeout
from recotem_engine.trials import TrialRecord


def run_tuning(*, job_id: int, task_id: str, worker: str) -> None:
    """One attempt at a tuning job, if this process has room for a search."""
    with tuning_slot() as free:
        if free:
            attempt_job(job_id, task_id=task_id, worker=worker, work=search)


def search(held: Held) -> None:
    """Run trials until none is left or time is up, then end the job if it is over."""
    rows = ParameterTuningJob.objects.select_related(
        "job", "data", "split", "evaluation"
    )
    tuning_job = rows.get(job_id=held.attempt.job_id)
    with SearchChild(tuning_job, held) as child:
        try:
            _run_trials(child, tuning_job, held)
        except ComputeStopped as stopped:
            if stopped.reason != OUT_OF_TIME:
                raise
        finish_search(child, tuning_job, held)


def _run_trials(child: SearchChild, tuning_job: ParameterTuningJob, held: Held) -> None:
    attempt = held.attempt
    while trial := held.outlast(
        claim_trial, tuning_job, attempt, out_of_time=child.out_of_time
    ):
        try:
            record = _run_trial(child, tuning_job, trial, held)
        except ComputeTimeout:
            held.outlast(fail_trial, trial, attempt, _too_long(tuning_job))
        except ComputeCrashed as crash:
            held.outlast(crash_trial, trial, attempt, child.what_failed(crash))
        else:
            held.outlast(record_trial, trial, attempt, record)


def _too_long(tuning_job: ParameterTuningJob) -> str:
    own = tuning_job.timeout_singlestep
    if own is not None and own <= settings.STEP_TIME_LIMIT:
        return f"It took longer than the job's timeout_singlestep of {own} s."
    return took_too_long("It")


def _run_trial(
    child: SearchChild, tuning_job: ParameterTuningJob, trial: Trial, held: Held
) -> TrialRecord:
    records = [record.to_json() for record in held.outlast(history, tuning_job)]
    candidate = child.call("suggest", number=trial.number - 1, history=records)
    held.outlast(note_candidate, trial, held.attempt, candidate)
    timeout = tuning_job.timeout_singlestep
    record = child.call("run_trial", candidate=candidate, timeout=timeout)
    return TrialRecord.from_json(record)
