from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from recotem.core.models import Timestamped
from recotem.datasets.models import TrainingData
from recotem.deployment.models import DeploymentSlot, GateReview
from recotem.jobs.models import Job
from recotem.projects.models import Project
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.tuning.models import EvaluationConfig, ParameterTuningJob, SplitConfig


class RunStatus(models.TextChoices):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


OPEN = (RunStatus.PENDING, RunStatus.RUNNING)


class RetrainingSchedule(Timestamped):
    """When and how a project's model is made anew."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, related_name="retraining_schedule"
    )
    is_enabled = models.BooleanField(default=False)
    cron_expression = models.CharField(max_length=128, default="0 2 * * 0")
    time_zone = models.CharField(max_length=64, default="UTC")
    training_data = models.ForeignKey(
        TrainingData, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    model_configuration = models.ForeignKey(
        ModelConfiguration, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    retune = models.BooleanField(default=False)
    split_config = models.ForeignKey(
        SplitConfig, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    evaluation_config = models.ForeignKey(
        EvaluationConfig, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    max_retries = models.PositiveIntegerField(default=3)
    notify_on_failure = models.BooleanField(default=True)
    auto_deploy = models.BooleanField(default=False)
    #: Where; None for the only active slot of the project.
    deployment_slot = models.ForeignKey(
        DeploymentSlot,
        on_delete=models.SET_NULL,
        null=True,
        related_name="retraining_schedules",
    )
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_run_status = models.CharField(
        max_length=16, choices=RunStatus, blank=True, default=""
    )
    #: None while it is switched off.
    next_run_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"schedule of project {self.project_id}"


class RetrainingRun(Timestamped):
    """One firing of a schedule, with all attempts at it."""

    class DeploymentStatus(models.TextChoices):
        """What becomes of its model; empty where none is to be deployed."""

        WAITING = "WAITING"
        REVIEWING = "REVIEWING"
        DEPLOYED = "DEPLOYED"
        REFUSED = "REFUSED"
        NOT_DEPLOYED = "NOT_DEPLOYED"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="runs", db_index=False
    )
    schedule = models.ForeignKey(
        RetrainingSchedule,
        on_delete=models.CASCADE,
        related_name="runs",
        db_index=False,
    )
    status = models.CharField(
        max_length=16, choices=RunStatus, default=RunStatus.PENDING
    )
    #: A person or a key asked for it; it is not the clock's.
    is_manual = models.BooleanField(default=False)
    trained_model = models.ForeignKey(
        TrainedModel, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    tuning_job = models.ForeignKey(
        ParameterTuningJob, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    error_message = models.TextField(blank=True, default="")
    completed_at = models.DateTimeField(null=True, blank=True)
    data_rows_at_trigger = models.BigIntegerField(null=True)
    attempt = models.PositiveIntegerField(default=1)
    #: While it is PENDING: no attempt begins before this.
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    #: What went into it; where nothing of it has changed, a new run brings nothing.
    inputs = models.JSONField(default=dict)
    deployment_status = models.CharField(
        max_length=16, choices=DeploymentStatus, blank=True, default=""
    )
    #: Why it was refused, or not deployed.
    deployment_message = models.TextField(blank=True, default="")
    gate_review = models.ForeignKey(
        GateReview, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    #: When the owners are to be told of its failure; None when there is no need.
    notice_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["schedule"],
                condition=Q(status__in=["PENDING", "RUNNING"]),
                name="one_open_run_per_schedule",
            )
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="run_of_project"),
            models.Index(fields=["schedule", "id"], name="run_of_schedule"),
            models.Index(
                fields=["deployment_status"],
                name="run_to_deploy",
                condition=Q(deployment_status__in=["WAITING", "REVIEWING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of schedule {self.schedule_id}"

    @property
    def job(self) -> Job | None:
        """What its present attempt waits for; None once that was deleted."""
        work = self.tuning_job or self.trained_model
        return work.job if work else None


class WebhookEvent(models.TextChoices):
    RUN_COMPLETED = "run_completed"
    RUN_FAILED = "run_failed"
    RUN_SKIPPED = "run_skipped"
    #: Somebody asked for it, to see whether it arrives.
    PING = "ping"


class DeliveryStatus(models.TextChoices):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Webhook(Timestamped):
    """An address that is told what became of a project's runs."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="webhooks", db_index=False
    )
    url = models.CharField(max_length=1000)
    #: Of WebhookEvent, without PING.
    events = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    #: What makes its secret another than those of other webhooks.
    secret_salt = models.CharField(max_length=64)
    #: That of the secret before; it signs as well for a while.
    former_salt = models.CharField(max_length=64, blank=True, default="")
    rotated_at = models.DateTimeField(null=True, blank=True)
    #: How the latest attempt at any delivery went.
    last_status = models.CharField(
        max_length=16, choices=DeliveryStatus, blank=True, default=""
    )
    last_error = models.TextField(blank=True, default="")
    last_attempt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="webhook_of_project")]

    def __str__(self) -> str:
        return f"webhook {self.pk} of project {self.project_id}"


class WebhookDelivery(Timestamped):
    """One event for one webhook, with all attempts at telling it."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    #: None for a ping.
    run = models.ForeignKey(
        RetrainingRun, on_delete=models.CASCADE, null=True, related_name="deliveries"
    )
    event = models.CharField(max_length=16, choices=WebhookEvent)
    body = models.JSONField(encoder=DjangoJSONEncoder)
    status = models.CharField(
        max_length=16, choices=DeliveryStatus, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveIntegerField(default=0)
    #: While it is PENDING: no attempt begins before this.
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.TextField(blank=True, default="")
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "run", "event"], name="one_delivery_per_event"
            )
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="delivery_of_project"),
            models.Index(fields=["webhook", "id"], name="delivery_of_webhook"),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status="PENDING"),
                name="deliveries_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} for webhook {self.webhook_id}"
