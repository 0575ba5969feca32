"""The deployment log: a row for each change of what a slot serves."""

from typing import NamedTuple

from recotem.core.actor import Actor
from recotem.deployment.models import Deployment, DeploymentSlot, GateReview

Reason = Deployment.Reason


class Why(NamedTuple):
    """What stands behind a deployment."""

    reason: Reason
    review: GateReview | None = None


MANUAL = Why(Reason.MANUAL)
PROMOTION = Why(Reason.PROMOTION)
ROLLBACK = Why(Reason.ROLLBACK)


def note_deployment(
    actor: Actor, slot: DeploymentSlot, why: Why, *, former_model: int | None
) -> Deployment:
    """Call it in the transaction of the change, after it."""
    model = slot.trained_model
    return Deployment.objects.create(
        project_id=slot.project_id,
        slot=slot,
        slot_name=slot.name,
        trained_model=model,
        algorithm=model.configuration.recommender_class_name,
        data=model.data_loc_id,
        data_name=model.data_loc.basename,
        data_version=model.data_version,
        former_model_id=former_model,
        reason=why.reason,
        review=why.review,
        actor=actor.user_id or None,
        actor_name=actor.user.get_username(),
        key=actor.key_id,
    )
