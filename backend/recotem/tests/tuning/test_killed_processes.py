"""`kill -9` in the middle of a search costs at most the trial in flight."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from recotem.jobs.services import start
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.selectors import finished_trials
from tests.factories import ProjectFactory
from tests.tuning.conftest import block_data, search_of

N_TRIALS = 16
WAIT_SECONDS = 240
PROJECT_FOLDER = Path(__file__).parents[2]


def wait_for(what: str, reached: Callable[[], Any]) -> Any:
    limit = time.monotonic() + WAIT_SECONDS
    while not (value := reached()):
        assert time.monotonic() < limit, f"Waited in vain for {what}."
        time.sleep(0.05)
    return value


def database_url() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    login = f"{known['USER']}:{known['PASSWORD']}"
    return f"postgres://{login}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


class Workers:
    """Celery workers of our own, on the database and files of the test."""

    def __init__(self, home: Path, media: Path) -> None:
        self.broker = os.environ.get("TEST_REDIS_URL") or "filesystem://"
        self._environment = os.environ | {
            "CELERY_BROKER_URL": self.broker,
            "DATABASE_URL": database_url(),
            "DEBUG": "true",
            "DJANGO_SETTINGS_MODULE": "recotem.settings",
            "MEDIA_ROOT": str(media),
            "RECOTEM_HOME": str(home),
            "RECOTEM_JOB_LEASE_SECONDS": "3",
            "RECOTEM_RECONCILE_SECONDS": "1",
        }
        self._log = home / "worker.log"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "recotem", "worker"]
        with self._log.open("ab") as log:
            worker = subprocess.Popen(
                [*command, "--loglevel=INFO"],
                cwd=PROJECT_FOLDER,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self._running.append(worker)
        return worker

    @property
    def log(self) -> str:
        return self._log.read_text()

    def stop(self) -> None:
        for worker in self._running:
            worker.kill()
            worker.wait()


@pytest.fixture
def workers(tmp_path: Path, media_root: Path) -> Iterator[Workers]:
    running = Workers(tmp_path, media_root)
    yield running
    running.stop()


def computing_child(worker: subprocess.Popen[bytes]) -> int | None:
    command = ["pgrep", "-P", str(worker.pid), "-f", "recotem_engine.child"]
    found = subprocess.run(command, capture_output=True, check=False).stdout.split()
    return int(found[0]) if found else None


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
