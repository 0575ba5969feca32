from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from recotem.core.models import Timestamped
from recotem.datasets.models import TrainingData
from recotem.jobs.models import Job, JobAttempt
from recotem.projects.models import Project


class ModelConfiguration(Timestamped):
    """An algorithm and its parameters, ready to be trained on any data."""

    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="model_configurations",
        db_index=False,
    )
    name = models.CharField(max_length=256, null=True, blank=True)  # noqa: DJ001
    recommender_class_name = models.CharField(max_length=128)
    parameters_json = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["project", "id"], name="configuration_of_project")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="configuration_name_per_project",
                condition=Q(name__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.recommender_class_name


class TrainedModel(Timestamped):
    """A configuration trained on a data set; `file` appears when it is READY."""

    class Status(models.TextChoices):
        PENDING = "PENDING"
        RUNNING = "RUNNING"
        READY = "READY"
        FAILED = "FAILED"

    #: That of the configuration and of the data.
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="trained_models", db_index=False
    )
    configuration = models.ForeignKey(
        ModelConfiguration, on_delete=models.CASCADE, related_name="trained_models"
    )
    data_loc = models.ForeignKey(
        TrainingData, on_delete=models.CASCADE, related_name="trained_models"
    )
    #: Number of the version of the data that it was trained on.
    data_version = models.PositiveIntegerField(null=True)
    job = models.OneToOneField(
        Job, on_delete=models.SET_NULL, null=True, related_name="trained_model"
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    error = models.TextField(blank=True, default="")
    file = models.CharField(max_length=1024, null=True, blank=True)  # noqa: DJ001
    filesize = models.BigIntegerField(null=True)
    irspack_version = models.CharField(max_length=32, blank=True, default="")
    metrics = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="model_of_project")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="READY") | Q(filesize__isnull=False),
                name="ready_model_was_written",
            )
        ]

    def __str__(self) -> str:
        return f"model {self.pk} ({self.status})"

    @property
    def attempts(self) -> Iterable[JobAttempt]:
        """Those in which it was trained; if by a tuning job, all of that job's."""
        tuning_job = getattr(self, "tuning_job", None)
        job = self.job or (tuning_job and tuning_job.job)
        return job.attempts.all() if job else ()

    @property
    def is_usable(self) -> bool:
        """Whether there is a file to serve."""
        return self.status == self.Status.READY and bool(self.file)

    @property
    def files(self) -> tuple[str | None]:
        """What has to go with the row."""
        return (self.file,)
