from django.db import models
from django.db.models import Q

from recotem.core.models import Timestamped
from recotem.projects.models import Project
from recotem.training.models import TrainedModel


class DeploymentSlot(Timestamped):
    """A place in a project's traffic, and the model that answers there."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="slots")
    name = models.CharField(max_length=256)
    trained_model = models.ForeignKey(
        TrainedModel, on_delete=models.RESTRICT, related_name="slots"
    )
    weight = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="slot_name_per_project"
            ),
            models.CheckConstraint(
                condition=Q(weight__lte=100), name="slot_weight_up_to_100"
            ),
        ]

    def __str__(self) -> str:
        return self.name
