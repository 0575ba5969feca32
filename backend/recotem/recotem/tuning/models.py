from django.conf import settings
from django.db import models
from django.db.models import Q

from recotem.core.models import Timestamped
from recotem.datasets.models import TrainingData
from recotem.jobs.models import Job, JobAttempt
from recotem.projects.models import Project
from recotem.training.models import ModelConfiguration, TrainedModel


class SplitConfig(Timestamped):
    """How interactions are held out to measure a recommender."""

    class Scheme(models.TextChoices):
        RANDOM = "RG"
        TIME_GLOBAL = "TG"
        TIME_USER = "TU"

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    name = models.CharField(max_length=256, null=True, blank=True)  # noqa: DJ001
    scheme = models.CharField(max_length=2, choices=Scheme, default=Scheme.RANDOM)
    heldout_ratio = models.FloatField(default=0.1)
    n_heldout = models.PositiveIntegerField(null=True, blank=True)
    test_user_ratio = models.FloatField(default=1.0)
    n_test_users = models.PositiveIntegerField(null=True, blank=True)
    random_seed = models.BigIntegerField(default=42)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["created_by", "id"], name="split_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(heldout_ratio__gt=0, heldout_ratio__lt=1),
                name="heldout_ratio_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=Q(test_user_ratio__gt=0, test_user_ratio__lte=1),
                name="test_user_ratio_up_to_1",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"split {self.pk}"

    @property
    def needs_time(self) -> bool:
        """Whether it can only part interactions that say when they were."""
        return self.scheme in {self.Scheme.TIME_GLOBAL, self.Scheme.TIME_USER}


class EvaluationConfig(Timestamped):
    """Which metric, at which cutoff, decides."""

    class Metric(models.TextChoices):
        NDCG = "ndcg"
        MAP = "map"
        RECALL = "recall"
        HIT = "hit"

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    name = models.CharField(max_length=256, null=True, blank=True)  # noqa: DJ001
    cutoff = models.PositiveIntegerField(default=20)
    target_metric = models.CharField(max_length=8, choices=Metric, default=Metric.NDCG)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["created_by", "id"], name="evaluation_of_person")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(cutoff__gte=1, cutoff__lte=1000),
                name="cutoff_from_1_to_1000",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"evaluation {self.pk}"


class ParameterTuningJob(Timestamped):
    """A search for the best algorithm and parameters on one data set."""

    #: That of the data.
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="tuning_jobs", db_index=False
    )
    data = models.ForeignKey(
        TrainingData, on_delete=models.CASCADE, related_name="tuning_jobs"
    )
    #: Number of the version of the data that all of its trials read.
    data_version = models.PositiveIntegerField(null=True)
    split = models.ForeignKey(
        SplitConfig, on_delete=models.RESTRICT, related_name="tuning_jobs"
    )
    evaluation = models.ForeignKey(
        EvaluationConfig, on_delete=models.RESTRICT, related_name="tuning_jobs"
    )
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="tuning_job")
    n_tasks_parallel = models.PositiveIntegerField(default=1)
    n_trials = models.PositiveIntegerField(default=40)
    memory_budget = models.PositiveIntegerField(default=8000)
    timeout_overall = models.PositiveIntegerField(null=True, blank=True)
    timeout_singlestep = models.PositiveIntegerField(null=True, blank=True)
    random_seed = models.BigIntegerField(null=True, blank=True)
    tried_algorithms_json = models.JSONField(null=True, blank=True)
    train_after_tuning = models.BooleanField(default=True)
    best_score = models.FloatField(null=True)
    best_config = models.OneToOneField(
        ModelConfiguration,
        on_delete=models.SET_NULL,
        null=True,
        related_name="tuning_job",
    )
    tuned_model = models.OneToOneField(
        TrainedModel, on_delete=models.SET_NULL, null=True, related_name="tuning_job"
    )
    irspack_version = models.CharField(max_length=32, blank=True, default="")
    result = models.JSONField(null=True)
    #: Who takes the last steps. Once it is set, no further trial begins.
    finishing_attempt = models.ForeignKey(
        JobAttempt, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="search_of_project")]
        constraints = [
            models.CheckConstraint(
                condition=Q(n_tasks_parallel__gte=1, n_tasks_parallel__lte=64),
                name="n_tasks_parallel_from_1_to_64",
            ),
            models.CheckConstraint(
                condition=Q(n_trials__gte=1, n_trials__lte=10_000),
                name="n_trials_from_1_to_10000",
            ),
        ]

    def __str__(self) -> str:
        return f"tuning job {self.pk}"


class Trial(models.Model):
    """A candidate of a search, numbered from 1. Its attempt holds it while it runs."""

    class State(models.TextChoices):
        RUNNING = "RUNNING"
        COMPLETED = "COMPLETED"
        FAILED = "FAILED"

    tuning_job = models.ForeignKey(
        ParameterTuningJob,
        on_delete=models.CASCADE,
        related_name="trials",
        db_index=False,
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    attempt = models.ForeignKey(
        JobAttempt, on_delete=models.SET_NULL, null=True, related_name="trials"
    )
    crashes = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=16, blank=True, default="")
    algorithm = models.CharField(max_length=128, blank=True, default="")
    parameters = models.JSONField(default=dict)
    score = models.FloatField(null=True)
    metrics = models.JSONField(default=dict)
    seconds = models.FloatField(null=True)
    error = models.TextField(blank=True, default="")
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number",)
        indexes = [
            models.Index(fields=["tuning_job", "number", "state"], name="trial_of_job")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tuning_job", "number"], name="trial_number_per_job"
            )
        ]

    def __str__(self) -> str:
        return f"trial {self.number} of tuning job {self.tuning_job_id}"
