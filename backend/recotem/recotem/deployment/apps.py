from django.apps import AppConfig
from django.db.models import Model
from django.db.models.signals import post_delete

from recotem.core.impact import goes_with


class DeploymentConfig(AppConfig):
    name = "recotem.deployment"
    label = "deployment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.deployment.departures import review_gone  # noqa: PLC0415
        from recotem.jobs.kinds import JobKind, register  # noqa: PLC0415
        from recotem.jobs.models import TaskLog  # noqa: PLC0415

        review = self.get_model("GateReview")
        goes_with(review, TaskLog, "job__gate_review")
        post_delete.connect(review_gone, sender=review, dispatch_uid="review gone")
        register(
            JobKind(
                name="review",
                task_name="recotem.deployment.review",
                arguments=lambda job: {"review_id": job.gate_review.pk},
            )
        )
        post_delete.connect(
            _slot_gone, sender="deployment.DeploymentSlot", dispatch_uid="slot gone"
        )


def _slot_gone(sender: type[Model], instance: Model, **_: object) -> None:
    """However a slot went, the inference services hear of it."""
    from recotem.deployment.services.slots import (  # noqa: PLC0415 — needs models
        tell_slots_changed,
    )

    tell_slots_changed(instance.project_id)  # type: ignore[attr-defined]
