from django.db import models
from django.db.models import Q

from recotem.core.models import Timestamped
from recotem.datasets.models import TrainingData
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

    schedule = models.ForeignKey(
        RetrainingSchedule, on_delete=models.CASCADE, related_name="runs"
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

    def __str__(self) -> str:
        return f"run {self.pk} of schedule {self.schedule_id}"

    @property
    def job(self) -> Job | None:
        """What its present attempt waits for; None once that was deleted."""
        work = self.tuning_job or self.trained_model
        return work.job if work else None
