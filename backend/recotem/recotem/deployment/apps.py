from django.apps import AppConfig
from django.db.models import Model
from django.db.models.signals import post_delete


class DeploymentConfig(AppConfig):
    name = "recotem.deployment"
    label = "deployment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_delete.connect(
            _slot_gone, sender="deployment.DeploymentSlot", dispatch_uid="slot gone"
        )


def _slot_gone(sender: type[Model], instance: Model, **_: object) -> None:
    """However a slot went, the inference services hear of it."""
    from recotem.deployment.services import (  # noqa: PLC0415 — needs models
        tell_slots_changed,
    )

    tell_slots_changed(instance.project_id)  # type: ignore[attr-defined]
