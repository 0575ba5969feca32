from recotem.core.errors import Conflict


class CannotRun(Conflict):
    """Nothing would come of a run; the message says why."""

    code = "cannot_run"


class RunOpen(Conflict):
    """One run at a time."""

    code = "run_open"
    message = "A run of this schedule has not ended yet."


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    message = "A project has at most 10 webhooks."


class WebhookOff(Conflict):
    """It would be told nothing."""

    code = "webhook_off"
    message = "This webhook is switched off."


class CannotDeploy(Conflict):
    """The model stays where it is; the message says why."""

    code = "cannot_deploy"
