from recotem.core.errors import Conflict


class SlotGone(Conflict):
    """There is no place any more for the model."""

    code = "slot_gone"
    message = "The slot was deleted."


class ModelGone(Conflict):
    """There is nothing any more that the slot could serve."""

    code = "model_gone"
    message = "The model was deleted, or its file was removed."


class AlreadyServed(Conflict):
    """Nothing would change."""

    code = "already_served"
    message = "The slot serves this model already."


class ChampionChanged(Conflict):
    """What the candidate was compared with is not what it would replace."""

    code = "champion_changed"
    message = (
        "The slot serves another model than the one that the candidate was compared "
        "with. Have it reviewed again."
    )


class ReviewOpen(Conflict):
    """One review at a time of the same candidate for the same slot."""

    code = "review_open"
    message = "A review of this model for this slot has not ended yet."


class ReviewRefuses(Conflict):
    """The gate stays shut; the message says why."""

    code = "review_refuses"


class ReviewUsed(Conflict):
    """One review opens the gate once."""

    code = "review_used"
    message = "The model was deployed by this review already."
