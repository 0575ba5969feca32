from pathlib import Path
from types import SimpleNamespace

import pytest

from recotem.core.storage import local_path
from recotem.datasets.models import TrainingData
from recotem.jobs import bells
from recotem.projects.models import Project
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services import search_child
from recotem.tuning.services.search import run_tuning
from recotem_engine.testing import block_interactions
from tests.factories import (
    JobFactory,
    ParameterTuningJobFactory,
    ProjectFactory,
    TrainingDataFactory,
)
from tests.tuning.fake_compute import Script


def block_data(project: Project, **sizes: int) -> TrainingData:
    """A data set of users and items in blocks, as an upload leaves it."""
    folder = f"training_data/{project.pk}/blocks"
    target: Path = local_path(f"{folder}/interactions.parquet")
    target.parent.mkdir(parents=True)
    block_interactions(1, **sizes).write_columnar(target)
    return TrainingDataFactory(
        project=project,
        file=f"{folder}/blocks.csv",
        columnar=f"{folder}/interactions.parquet",
    )


def search_of(data: TrainingData, **values: object) -> ParameterTuningJob:
    """A PENDING job that is quick to do, whose workers nobody has called."""
    values = {"n_trials": 4, "memory_budget": 2000, "n_tasks_parallel": 1} | values
    return ParameterTuningJobFactory(
        data=data,
        split__n_heldout=1,
        evaluation__cutoff=10,
        job=JobFactory(kind="tuning", parallelism=values["n_tasks_parallel"]),
        **values,
    )


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Children answer at once, and tasks are sent to nobody."""
    script = Script()
    monkeypatch.setattr(search_child, "Compute", script.child)
    app = SimpleNamespace(send_task=lambda name, **_: script.note(name, {}))
    monkeypatch.setattr(bells, "current_app", app)
    return script


@pytest.fixture
def data(transactional_db: None, media_root: Path) -> TrainingData:
    return block_data(ProjectFactory())


def run(tuning_job: ParameterTuningJob, task_id: str = "task") -> ParameterTuningJob:
    """One attempt, in this thread."""
    run_tuning(job_id=tuning_job.job_id, task_id=task_id, worker="worker@here")
    return ParameterTuningJob.objects.select_related("job").get(pk=tuning_job.pk)
