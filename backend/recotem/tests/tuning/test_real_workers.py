"""What only a real worker with a real computing child can show."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rest_framework.response import Response

from recotem.core.storage import local_path
from recotem.datasets.models import TrainingData
from recotem.jobs.models import Job, JobAttempt
from recotem.jobs.services import start
from recotem.training.models import TrainedModel
from recotem.tuning.models import ParameterTuningJob, Trial
from tests.factories import (
    JobFactory,
    ModelConfigurationFactory,
    TrainedModelFactory,
)
from tests.people import People
from tests.tuning.conftest import block_data, search_of
from tests.tuning.workers import Workers, computing_child, wait_for

pytestmark = [
    pytest.mark.one_database("postgresql"),
    pytest.mark.xdist_group("workers"),
]

type Call = Callable[..., Response]

#: Processor time after which a child has surely loaded its libraries.
CPU_SECONDS = 6.0
HUGE = {"n_components": 4096, "solver_type": "CHOLESKY", "loss_type": "ORIGINAL"}


@pytest.fixture
def workers(tmp_path: Path, media_root: Path) -> Iterator[Workers]:
    running = Workers(
        tmp_path, media_root, RECOTEM_TUNING_SLOTS="1", RECOTEM_JOB_LEASE_SECONDS="30"
    )
    yield running
    running.stop()


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 when it is gone."""
    command = ["ps", "-o", "time=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    parts = shown.strip().split(":")
    return sum(float(part) * 60**n for n, part in enumerate(reversed(parts)) if part)


def is_gone(pid: int) -> bool:
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return shown.strip()[:1] in ("", "Z")


def training_of(data: TrainingData, name: str, **parameters: object) -> TrainedModel:
    """A training that waits for a worker."""
    return TrainedModelFactory(
        configuration=ModelConfigurationFactory(
            project=data.project,
            recommender_class_name=name,
            parameters_json=parameters,
        ),
        data_loc=data,
        job=JobFactory(kind="training"),
        status="PENDING",
        file=None,
        filesize=None,
    )


def wide_data(people: People) -> TrainingData:
    """Many items: DenseSLIM, which inverts a matrix of them, takes its time."""
    return block_data(people.project, n_users=4000, n_items=7000)


def long_search(data: TrainingData) -> ParameterTuningJob:
    return search_of(data, n_trials=40, tried_algorithms_json=["DenseSLIM"])


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def cancel(call_as: Call, path: str, child: int, job: Job) -> None:
    """Cancel while the child computes, until nothing of it is left."""
    assert not is_gone(child)
    assert call_as("editor", "post", f"{path}cancel/").status_code == 200
    wait_for("the end of the child", lambda: is_gone(child))
    wait_for("the attempt to end", lambda: job.attempts.get().date_done)
    assert job.attempts.get().status == JobAttempt.Status.REVOKED


@pytest.mark.timeout(900)
def test_a_cancelled_search_ends_its_process_in_the_middle_of_a_fit(
    transactional_db: None,
    media_root: Path,
    people: People,
    call_as: Call,
    workers: Workers,
) -> None:
    tuning_job = long_search(wide_data(people))
    start(tuning_job.job)
    worker = workers.start()
    wait_for("a trial", lambda: tuning_job.trials.exclude(algorithm="").exists())
    child = wait_for("a child", lambda: computing_child(worker))
    cancel(call_as, f"parameter_tuning_job/{tuning_job.pk}/", child, tuning_job.job)
    assert not tuning_job.trials.filter(state=Trial.State.RUNNING).exists()
    assert not local_path(f"work/{tuning_job.job_id}").exists()
    assert not files_in(media_root / "drafts")
    assert not TrainedModel.objects.exists()


@pytest.mark.timeout(900)
def test_a_cancelled_training_ends_its_process_in_the_middle_of_a_fit(
    transactional_db: None,
    media_root: Path,
    people: People,
    call_as: Call,
    workers: Workers,
) -> None:
    model = training_of(block_data(people.project), "IALS", **HUGE)
    start(model.job)
    worker = workers.start()
    child = wait_for("a child", lambda: computing_child(worker))
    wait_for("the fit", lambda: cpu_seconds(child) >= CPU_SECONDS)
    cancel(call_as, f"trained_model/{model.pk}/", child, model.job)
    told = call_as("viewer", "get", f"trained_model/{model.pk}/").data
    assert (told["status"], told["file"]) == ("FAILED", None)
    assert not files_in(media_root / "drafts")
    assert not (media_root / "models").exists()


@pytest.mark.timeout(900)
def test_searches_that_take_all_slots_keep_no_training_waiting(
    transactional_db: None,
    media_root: Path,
    people: People,
    workers: Workers,
) -> None:
    """One worker for all queues; where each has its own, it is so all the more."""
    data = wide_data(people)
    searches = [long_search(data) for _ in range(3)]
    for search in searches:
        start(search.job)
    workers.start()
    wait_for("a trial", lambda: Trial.objects.exclude(algorithm="").exists())
    model = training_of(data, "TopPop")
    start(model.job)

    def is_ready() -> bool:
        model.refresh_from_db()
        return model.status == "READY"

    wait_for("the training", is_ready)
    statuses = [Job.objects.get(pk=search.job_id).status for search in searches]
    assert sorted(statuses) == ["PENDING", "PENDING", "RUNNING"]
