"""Real Celery workers on the database and files of a test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

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

    def __init__(self, home: Path, media: Path, **variables: str) -> None:
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
            **variables,
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


def computing_child(worker: subprocess.Popen[bytes]) -> int | None:
    command = ["pgrep", "-P", str(worker.pid), "-f", "recotem_engine.child"]
    found = subprocess.run(command, capture_output=True, check=False).stdout.split()
    return int(found[0]) if found else None
