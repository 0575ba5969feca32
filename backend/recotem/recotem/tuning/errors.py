from recotem.core.errors import Conflict


class ConfigInUse(Conflict):
    """Results would no longer say how they were measured."""

    code = "config_in_use"
    message = (
        "Tuning jobs use this. Only its name can be changed; create a new one instead."
    )


class JobFrozen(Conflict):
    """What steers a search is fixed when the job is created."""

    code = "job_frozen"
    message = "A tuning job cannot be changed. Create a new one instead."


class JobStillRuns(Conflict):
    code = "job_runs"
    message = "The job has not ended. Cancel it first."
