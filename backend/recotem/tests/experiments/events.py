"""Events to send."""

from typing import Any
from uuid import uuid4

from recotem.deployment.models import DeploymentSlot


def event(slot: DeploymentSlot, **values: Any) -> dict[str, Any]:
    return {
        "project": slot.project_id,
        "deployment_slot": slot.pk,
        "user_id": "u1",
        "item_id": "i1",
        "event_type": "click",
        **values,
    }


def of_requests(slot: DeploymentSlot, n: int, **values: Any) -> list[dict[str, Any]]:
    """Events of one request each."""
    return [
        event(slot, recommendation_request_id=str(uuid4()), **values) for _ in range(n)
    ]
