from django.db import transaction

from recotem.core.actor import Actor
from recotem.deployment.models import Deployment
from recotem.deployment.services.log import ROLLBACK
from recotem.deployment.services.slots import hold_slot, serve_model
from recotem.projects.services import require_role


@transaction.atomic
def roll_back(*, actor: Actor, deployment: Deployment) -> Deployment:
    """Let the slot serve the model of a former deployment again.

    Raises SlotGone, ModelGone, AlreadyServed, or what stands against a change.
    """
    require_role(actor, deployment.project_id, "editor")
    slot = hold_slot(deployment.slot_id)
    return serve_model(
        actor=actor, slot=slot, model_id=deployment.trained_model_id, why=ROLLBACK
    )
