"""A tuning job that nobody works on, for others to follow what it writes."""

import secrets
import time
from dataclasses import dataclass

from recotem.accounts.models import User
from recotem.accounts.services import sign_in
from recotem.datasets.models import TrainingData
from recotem.jobs.models import Job
from recotem.jobs.services import append_log, create_job
from recotem.projects.models import Project
from recotem.tuning.models import EvaluationConfig, ParameterTuningJob, SplitConfig


@dataclass(frozen=True)
class FollowedJob:
    """path: of the web socket of its state and log, for its owner."""

    path: str
    job_id: int

    @classmethod
    def open(cls) -> "FollowedJob":
        password = secrets.token_urlsafe()
        owner = User.objects.create_user("bench", password=password)
        columns = {"user_column": "user", "item_column": "item"}
        project = Project.objects.create(owner=owner, name="followed", **columns)
        tuning_job = ParameterTuningJob.objects.create(
            project=project,
            data=TrainingData.objects.create(project=project, basename="none.csv"),
            split=SplitConfig.objects.create(created_by=owner),
            evaluation=EvaluationConfig.objects.create(created_by=owner),
            job=create_job(Job.Kind.TUNING, project=project.pk),
        )
        _, tokens = sign_in(name="bench", password=password)
        path = f"/ws/job/{tuning_job.pk}/?token={tokens.access}"
        return cls(path, tuning_job.job_id)

    def write(self, n_lines: int, per_second: float) -> None:
        """Lines as a worker writes them, each its number and the time before it."""
        began = time.monotonic()
        for number in range(n_lines):
            time.sleep(max(0.0, began + number / per_second - time.monotonic()))
            append_log(self.job_id, f"{number} {time.time()}")
