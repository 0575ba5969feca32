from typing import Any

from django.db import models
from django.db.models import Q

from recotem.core.models import Timestamped
from recotem.jobs.models import Job
from recotem.projects.models import Project
from recotem.training.models import TrainedModel


class DeploymentSlot(Timestamped):
    """A place in a project's traffic, and the model that answers there."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="slots", db_index=False
    )
    name = models.CharField(max_length=256)
    trained_model = models.ForeignKey(
        TrainedModel, on_delete=models.RESTRICT, related_name="slots"
    )
    weight = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="slot_of_project")]
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


def _lasting(to: type[models.Model], *, db_index: bool = False) -> Any:
    """A key that keeps its number when what it points at goes."""
    return models.ForeignKey(
        to,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=db_index,
    )


class DeploymentGate(Timestamped):
    """What a project asks of a model before it takes another one's place."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, related_name="deployment_gate"
    )
    #: Those that differ from the engine's own, by name; None for no limit.
    limits = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"gate of project {self.project_id}"


class GateReview(Timestamped):
    """A candidate compared with the champion, which is the model that the slot served
    when the review began.

    What it found outlives the slot and the models.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="gate_reviews", db_index=False
    )
    slot = _lasting(DeploymentSlot, db_index=True)
    trained_model = _lasting(TrainedModel)
    champion = _lasting(TrainedModel)
    job = models.OneToOneField(
        Job, on_delete=models.CASCADE, related_name="gate_review"
    )
    target_metric = models.CharField(max_length=8)
    cutoff = models.PositiveIntegerField()
    #: By name, as they were when the review began.
    limits = models.JSONField()
    comparison = models.JSONField(null=True)
    #: Each limit with what was found and a sentence.
    checks = models.JSONField(default=list)
    passed = models.BooleanField(null=True)
    override_reason = models.TextField(blank=True, default="")
    overridden_by = models.CharField(max_length=150, blank=True, default="")
    overridden_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="review_of_project")]

    def __str__(self) -> str:
        return f"review {self.pk} of model {self.trained_model_id}"

    @property
    def allows(self) -> bool:
        """Whether the candidate may take the champion's place."""
        return bool(self.passed) or self.overridden_at is not None

    @property
    def refusals(self) -> list[str]:
        """A sentence for each limit that the candidate does not keep to."""
        return [check["sentence"] for check in self.checks if not check["passed"]]


class Deployment(models.Model):
    """A change of what a slot serves, as it was then.

    Rows are added, and neither changed nor deleted until the project goes; they
    outlive slot and models.
    """

    class Reason(models.TextChoices):
        #: It was there when the log began.
        FOUND = "found"
        MANUAL = "manual"
        PROMOTION = "promotion"
        AUTO_DEPLOY = "auto_deploy"
        ROLLBACK = "rollback"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="deployments", db_index=False
    )
    slot = _lasting(DeploymentSlot, db_index=True)
    slot_name = models.CharField(max_length=256)
    trained_model = _lasting(TrainedModel)
    algorithm = models.CharField(max_length=128)
    #: Of the training data that the model was trained on.
    data = models.BigIntegerField()
    data_name = models.CharField(max_length=512)
    data_version = models.PositiveIntegerField(null=True)
    #: What the slot served before; for a promotion, what the other arm did.
    former_model = _lasting(TrainedModel)
    reason = models.CharField(max_length=16, choices=Reason)
    review = models.OneToOneField(
        GateReview, on_delete=models.RESTRICT, null=True, related_name="deployment"
    )
    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True, default="")
    key = models.BigIntegerField(null=True)
    ins_datetime = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="deployment_of_project")]

    def __str__(self) -> str:
        return f"model {self.trained_model_id} in {self.slot_name}"
