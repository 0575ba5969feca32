"""What one attempt does for a tuning job: trials while there are any, then the end."""

from recotem.jobs.attempts import attempt_job
from recotem.jobs.holding import Held
from recotem.jobs.models import JobAttempt
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
        "job", "data__project", "split", "evaluation"
    )
    tuning_job = rows.get(job_id=held.attempt.job_id)
    with SearchChild(tuning_job, held) as child:
        try:
            _run_trials(child, tuning_job, held.attempt)
        except ComputeStopped as stopped:
            if stopped.reason != OUT_OF_TIME:
                raise
        finish_search(child, tuning_job, held)


def _run_trials(
    child: SearchChild, tuning_job: ParameterTuningJob, attempt: JobAttempt
) -> None:
    while trial := claim_trial(tuning_job, attempt, out_of_time=child.out_of_time):
        try:
            record = _run_trial(child, tuning_job, trial, attempt)
        except ComputeTimeout:
            seconds = tuning_job.timeout_singlestep
            fail_trial(trial, attempt, f"It took longer than {seconds} s.")
        except ComputeCrashed as crash:
            crash_trial(trial, attempt, str(crash))
        else:
            record_trial(trial, attempt, record)


def _run_trial(
    child: SearchChild,
    tuning_job: ParameterTuningJob,
    trial: Trial,
    attempt: JobAttempt,
) -> TrialRecord:
    records = [record.to_json() for record in history(tuning_job)]
    candidate = child.call("suggest", number=trial.number - 1, history=records)
    note_candidate(trial, attempt, candidate)
    timeout = tuning_job.timeout_singlestep
    record = child.call("run_trial", candidate=candidate, timeout=timeout)
    return TrialRecord.from_json(record)
