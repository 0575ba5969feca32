from recotem.core.errors import Conflict


class CannotRetry(Conflict):
    """There is nothing to take up again; the message says why."""

    code = "cannot_retry"


class JobFailed(Exception):
    """The job cannot succeed, whoever tries again; `str(error)` is the sentence."""


class AttemptLost(Exception):
    """The attempt no longer holds its job: others may have taken over.

    Whatever it was about to write must not be written.
    """

    def __init__(self) -> None:
        super().__init__("This attempt no longer holds its job.")
