from django.db import models
from django.db.models import F, Q

from recotem.core.models import Timestamped
from recotem.deployment.models import DeploymentSlot
from recotem.projects.models import Project


class ABTest(Timestamped):
    """A comparison of two slots on live traffic."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT"
        RUNNING = "RUNNING"
        COMPLETED = "COMPLETED"
        CANCELLED = "CANCELLED"

    class Metric(models.TextChoices):
        CTR = "ctr"
        PURCHASE_RATE = "purchase_rate"
        CONVERSION_RATE = "conversion_rate"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="ab_tests"
    )
    name = models.CharField(max_length=256)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    control_slot = models.ForeignKey(
        DeploymentSlot, on_delete=models.PROTECT, related_name="+"
    )
    variant_slot = models.ForeignKey(
        DeploymentSlot, on_delete=models.PROTECT, related_name="+"
    )
    target_metric_name = models.CharField(
        max_length=32, choices=Metric, default=Metric.CTR
    )
    min_sample_size = models.PositiveIntegerField(default=1000)
    confidence_level = models.FloatField(default=0.95)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    winner_slot = models.ForeignKey(
        DeploymentSlot, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(control_slot=F("variant_slot")),
                name="two_different_slots",
            ),
            models.CheckConstraint(
                condition=Q(confidence_level__gte=0.5, confidence_level__lte=0.99),
                name="confidence_level_from_50_to_99_percent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConversionEvent(models.Model):
    """Somebody saw, clicked or bought what a slot recommended.

    There may be a hundred million of them, and each index is paid for by every row
    that arrives. So there are these and no others:

    - (project, id): a project's events newest first, its export, its deletion
    - (slot, type, time): what a slot earned in a span of time; whether it has events
    - unique (project, request, type, item), of events with a request only

    The projects' and the slots' own indexes would repeat the first columns of these.
    """

    class EventType(models.TextChoices):
        IMPRESSION = "impression"
        CLICK = "click"
        PURCHASE = "purchase"

    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="conversion_events",
        db_index=False,
    )
    deployment_slot = models.ForeignKey(
        DeploymentSlot,
        on_delete=models.PROTECT,
        related_name="conversion_events",
        db_index=False,
    )
    user_id = models.CharField(max_length=256)
    item_id = models.CharField(max_length=256, blank=True, default="")
    event_type = models.CharField(max_length=16, choices=EventType)
    recommendation_request_id = models.UUIDField(null=True, blank=True)
    metadata_json = models.JSONField(default=dict)
    timestamp = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["project", "id"], name="event_by_project"),
            models.Index(fields=["deployment_slot", "event_type", "timestamp"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "project",
                    "recommendation_request_id",
                    "event_type",
                    "item_id",
                ],
                name="event_counts_once_per_request",
                condition=Q(recommendation_request_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_type} by {self.user_id}"
