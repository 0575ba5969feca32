"""What the jobs app has to know about tuning jobs."""

from recotem.jobs.kinds import JobKind
from recotem.jobs.models import Job, JobAttempt
from recotem.tuning.services.finishing import attempt_ended, job_ended
from recotem.tuning.services.trials import n_terminal, release_trials


def _wanted(job: Job) -> int:
    """One for each trial that has not ended, and one for the end."""
    tuning_job = job.tuning_job
    if tuning_job.finishing_attempt_id is not None:
        return 1
    return max(1, tuning_job.n_trials - n_terminal(tuning_job))


def _released(attempt: JobAttempt, *, crashed: bool) -> None:
    release_trials(attempt, crashed=crashed)
    attempt_ended(attempt)


TUNING = JobKind(
    name="tuning",
    task_name="recotem.tuning.run",
    arguments=lambda job: {"job_id": job.pk},
    on_end=job_ended,
    on_release=_released,
    wanted=_wanted,
)
