from django.db import models

from recotem.core.models import Timestamped


class JobStatus(models.TextChoices):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


#: Which status may follow which; services change a status by this table only.
MOVES: dict[str, frozenset[str]] = {
    JobStatus.PENDING: frozenset(
        {JobStatus.RUNNING, JobStatus.FAILED, JobStatus.CANCELLED}
    ),
    JobStatus.RUNNING: frozenset(
        {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}
    ),
    JobStatus.COMPLETED: frozenset(),
    JobStatus.FAILED: frozenset({JobStatus.PENDING}),
    JobStatus.CANCELLED: frozenset({JobStatus.PENDING}),
}
OPEN = (JobStatus.PENDING, JobStatus.RUNNING)


class Job(Timestamped):
    """Work that outlives a request. Tasks are attempts at it."""

    class Kind(models.TextChoices):
        TUNING = "tuning"
        TRAINING = "training"
        REVIEW = "review"

    kind = models.CharField(max_length=16, choices=Kind)
    #: A plain key: this app stands below that of projects.
    project = models.BigIntegerField()
    status = models.CharField(
        max_length=16, choices=JobStatus, default=JobStatus.PENDING
    )
    error = models.TextField(blank=True, default="")
    progress = models.JSONField(default=dict)
    parallelism = models.PositiveIntegerField(default=1)
    lost_attempts = models.PositiveIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["status"],
                name="job_open",
                condition=models.Q(status__in=["PENDING", "RUNNING"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} job {self.pk} ({self.status})"


class JobAttempt(models.Model):
    """One worker's try at a job, alive while its lease is."""

    class Status(models.TextChoices):
        STARTED = "STARTED"
        SUCCESS = "SUCCESS"
        FAILURE = "FAILURE"
        REVOKED = "REVOKED"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="attempts")
    task_id = models.CharField(max_length=64, unique=True)
    worker = models.CharField(max_length=128, blank=True, default="")
    status = models.CharField(max_length=16, choices=Status, default=Status.STARTED)
    lease_until = models.DateTimeField()
    date_created = models.DateTimeField(auto_now_add=True)
    date_done = models.DateTimeField(null=True, blank=True)
    traceback = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["status", "lease_until"])]

    def __str__(self) -> str:
        return f"attempt {self.task_id} at job {self.job_id}"


class TaskLog(Timestamped):
    """A line that a job wrote. Its id is its place in the order of lines."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="logs")
    #: That of the job.
    project = models.BigIntegerField()
    attempt = models.ForeignKey(
        JobAttempt, on_delete=models.SET_NULL, null=True, related_name="logs"
    )
    contents = models.TextField()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["job", "id"]),
            models.Index(fields=["project", "id"], name="log_of_project"),
        ]

    def __str__(self) -> str:
        return self.contents
