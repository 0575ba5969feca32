"""`kill -9` in the middle of a search costs at most the trial in flight."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from recotem.jobs.services import start
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.selectors import finished_trials
from tests.factories import ProjectFactory
from tests.tuning.conftest import block_data, search_of
from tests.tuning.workers import WAIT_SECONDS, Workers, computing_child, wait_for

pytestmark = [
    pytest.mark.one_database("postgresql"),
    pytest.mark.xdist_group("workers"),
]

N_TRIALS = 16


@pytest.fixture
def workers(tmp_path: Path, media_root: Path) -> Iterator[Workers]:
    running = Workers(tmp_path, media_root)
    yield running
    running.stop()


def n_done(tuning_job: ParameterTuningJob) -> int:
    return finished_trials(tuning_job).count()


def ended(tuning_job: ParameterTuningJob) -> bool:
    tuning_job.job.refresh_from_db()
    return tuning_job.job.ended_at is not None


@pytest.mark.timeout(900)
def test_a_search_survives_its_processes(
    transactional_db: None, media_root: Path, workers: Workers
) -> None:
    data = block_data(ProjectFactory(), n_users=1200, n_items=200)
    tuning_job = search_of(data, n_trials=N_TRIALS, tried_algorithms_json=["IALS"])
    start(tuning_job.job)

    first = workers.start()
    wait_for("the first trials", lambda: n_done(tuning_job) >= 2)
    os.kill(wait_for("a child", lambda: computing_child(first)), signal.SIGKILL)
    wait_for("trials of another child", lambda: n_done(tuning_job) >= 4)
    first.kill()
    first.wait()

    second = workers.start()
    wait_for("trials of another worker", lambda: n_done(tuning_job) >= 6)
    second.terminate()
    second.wait(WAIT_SECONDS)
    assert n_done(tuning_job) < N_TRIALS, "The search was over too soon."

    workers.start()
    wait_for("the end", lambda: ended(tuning_job))
    assert tuning_job.job.status == "COMPLETED", workers.log
    states = tuning_job.trials.values_list("state", flat=True)
    assert list(states) == ["COMPLETED"] * N_TRIALS
    tuning_job.refresh_from_db()
    assert tuning_job.tuned_model is not None
    assert tuning_job.tuned_model.status == "READY"
    attempts = tuning_job.job.attempts.values_list("status", flat=True)
    assert list(attempts) == ["FAILURE", "REVOKED", "SUCCESS"]
