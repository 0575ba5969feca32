"""Recotems whose processes may be killed, and start again as under systemd."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random
from subprocess import Popen
from typing import ClassVar, Protocol

import psycopg
from deployed import QUEUES, DeployedRecotem
from services import Server, postgres, redis

from recotem_embedded.testing import (
    EmbeddedRecotem,
    Process,
    processes_at_and_below,
    processes_below,
)

#: Leases end soon after a kill, so that nobody waits long for the next worker.
PATIENCE = {"RECOTEM_JOB_LEASE_SECONDS": "6", "RECOTEM_RECONCILE_SECONDS": "3"}
COMPUTE = "recotem_engine.child"
RESTART_SECONDS = 1.0
DATABASE_AWAY = (psycopg.OperationalError, sqlite3.OperationalError)
PROGRESS = """
    SELECT status, (SELECT count(*) FROM tuning_trial WHERE state <> 'RUNNING')
    FROM jobs_job ORDER BY id DESC
"""


class Mortal(Protocol):
    """`MortalDeployed` and `MortalEmbedded`."""

    url: str
    victims: ClassVar[tuple[str, ...]]

    def kill(self, victim: str, source: Random) -> bool:
        """SIGKILL to one of these now; False when there is none."""

    def revive(self) -> None:
        """Start what has been dead for a second. To be called again and again."""

    def progress(self) -> tuple[str, int]:
        """Status of the newest job and its trials that have ended, read from the rows.

        Raises DATABASE_AWAY while there is no database.
        """

    def logs(self) -> str: ...


class MortalDeployed(DeployedRecotem):
    """Web, beat and two workers on a PostgreSQL and a Redis of their own."""

    victims = ("worker", "compute child", "beat", "web", "redis", "postgres")

    def __init__(self, folder: Path, database: Server, broker: Server) -> None:
        super().__init__(
            folder, PATIENCE, database_url=database.url, redis_url=broker.url
        )
        self._servers = {"postgres": database, "redis": broker}
        self._died: dict[str, float] = {}

    def commands(self) -> dict[str, list[str]]:
        usual = super().commands()
        worker = ["celery", "-A", "recotem", "worker", "-Q", QUEUES]
        return {
            "web": usual["web"],
            "beat": usual["beat"],
            "worker-1": [*worker, "-n", "worker-1@%h"],
            "worker-2": [*worker, "-n", "worker-2@%h"],
        }

    def kill(self, victim: str, source: Random) -> bool:
        if victim in self._servers:
            self._servers[victim].kill()
            return True
        if victim == "compute child":
            return _kill(self._children(), source)
        named = [name for name in self.processes if name.startswith(victim)]
        alive = [name for name in named if self.processes[name].poll() is None]
        if alive:
            self.processes[source.choice(alive)].kill()
        return bool(alive)

    def _children(self) -> list[Process]:
        alive = [p for p in self.processes.values() if p.poll() is None]
        found = [each for p in alive for each in processes_at_and_below(p.pid)]
        return [each for each in found if COMPUTE in each.command]

    def revive(self) -> None:
        for name, server in self._servers.items():
            if self._is_due(name, server.process):
                server.start()
        for name, process in self.processes.items():
            if self._is_due(name, process):
                self.launch(name)

    def progress(self) -> tuple[str, int]:
        url = self.environment["DATABASE_URL"]
        with psycopg.connect(url, connect_timeout=5) as connection:
            status, n_trials = connection.execute(PROGRESS).fetchone()
            return status, n_trials

    def _is_due(self, name: str, process: Popen[bytes]) -> bool:
        if process.poll() is None:
            self._died.pop(name, None)
            return False
        died = self._died.setdefault(name, time.monotonic())
        return time.monotonic() - died >= RESTART_SECONDS


class MortalEmbedded(EmbeddedRecotem):
    """`recotem up`, which starts again all but itself."""

    victims = ("worker", "compute child", "beat", "web", "supervisor")
    commands: ClassVar[dict[str, str]] = {
        "worker": "celery_process worker",
        "beat": "celery_process beat",
        "web": "recotem_embedded.web",
        "compute child": COMPUTE,
    }
    _died = 0.0

    def kill(self, victim: str, source: Random) -> bool:
        if victim == "supervisor":
            self.process.kill()
            return True
        below = processes_below(self.process.pid)
        part = self.commands[victim]
        return _kill([each for each in below if part in each.command], source)

    def revive(self) -> None:
        if self.process.poll() is None:
            self._died = 0.0
            return
        self._died = self._died or time.monotonic()
        if time.monotonic() - self._died >= RESTART_SECONDS:
            self.launch()

    def progress(self) -> tuple[str, int]:
        database = f"file:{self.home / 'db.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(database, uri=True, timeout=30)) as connection:
            status, n_trials = connection.execute(PROGRESS).fetchone()
            return status, n_trials


def _kill(found: list[Process], source: Random) -> bool:
    if found:
        os.kill(source.choice(found).pid, signal.SIGKILL)
    return bool(found)


@contextmanager
def mortal(mode: str, folder: Path) -> Iterator[Mortal]:
    """A fresh running Recotem. ServiceMissingError where a mode has no servers."""
    if mode == "embedded":
        dist = folder / "dist"
        dist.mkdir()
        (dist / "index.html").write_text("<title>Recotem</title>")
        environment = {**PATIENCE, "RECOTEM_FRONTEND_DIST": str(dist)}
        with MortalEmbedded(folder / "home", environment) as recotem:
            yield recotem
        return
    with ExitStack() as stack:
        database = stack.enter_context(postgres(durable=True))
        broker = stack.enter_context(redis())
        yield stack.enter_context(MortalDeployed(folder, database, broker))
