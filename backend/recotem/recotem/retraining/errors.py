from recotem.core.errors import Conflict


class CannotRun(Conflict):
    """Nothing would come of a run; the message says why."""

    code = "cannot_run"


class RunOpen(Conflict):
    """One run at a time."""

    code = "run_open"
    message = "A run of this schedule has not ended yet."
