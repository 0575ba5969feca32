from recotem.core.errors import Conflict, NotFound


class ModelNotReady(Conflict):
    """Nothing to ask yet, or any more."""

    code = "model_not_ready"
    message = "The model is not trained."


class ModelInUse(Conflict):
    """Slots serve the model."""

    code = "model_in_use"
    message = "A deployment slot serves this model. Change or delete the slot first."


class TrainedByTuning(Conflict):
    """The model has no job of its own."""

    code = "trained_by_tuning"
    message = "A tuning job makes this model. Cancel or retry that job."


class ConfigurationInUse(Conflict):
    """Models say that they were trained with it."""

    code = "configuration_in_use"
    message = (
        "Models were trained with this configuration. Create a new one to change its "
        "algorithm or parameters."
    )


class ArtifactDamaged(Conflict):
    """The model file must not be opened; the message says why."""

    code = "artifact_damaged"


class CannotAnswer(Conflict):
    """This kind of model has no answer to this question; the message says why."""

    code = "not_supported"


class UnknownUser(NotFound):
    code = "unknown_user"
    message = "The model has never seen this user."
