"""Recotem as the processes of a deployment, on a real PostgreSQL and Redis."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx
import psycopg
import redis

from recotem_embedded.testing import (
    PASSWORD,
    TEST_LIMITS,
    Process,
    processes_below,
    wait_for,
)

BACKEND = Path(__file__).parents[1] / "backend" / "recotem"
QUEUES = "tuning,training,default"
SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
START_SECONDS = 240.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_database(url: str) -> str:
    """A new database on the server of the URL."""
    name = f"whole_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{url.rpartition('/')[0]}/{name}"


class DeployedRecotem:
    """Web, a worker, beat and inference, started as an operator starts them.

    On servers of its own when it is given them, else on those of scripts/with-services.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        database_url: str = "",
        redis_url: str = "",
    ) -> None:
        self.folder = folder
        self.backend_port, self.inference_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.backend_port}"
        self.inference_url = f"http://127.0.0.1:{self.inference_port}"
        database_url = database_url or os.environ["TEST_DATABASE_URL"]
        redis_url = redis_url or os.environ["TEST_REDIS_URL"].rstrip("/")
        redis.Redis.from_url(redis_url).flushall()
        broker, channels, cache, events = (f"{redis_url}/{db}" for db in range(4))
        self.environment = {
            **os.environ,
            **TEST_LIMITS,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DEBUG": "false",
            "SECURE_COOKIES": "false",
            "DATABASE_URL": fresh_database(database_url),
            "MEDIA_ROOT": str(folder / "media"),
            "CELERY_BROKER_URL": broker,
            "CHANNELS_REDIS_URL": channels,
            "CACHE_REDIS_URL": cache,
            "MODEL_EVENTS_REDIS_URL": events,
            "BACKEND_PORT": str(self.backend_port),
            "INFERENCE_PORT": str(self.inference_port),
            "DEFAULT_ADMIN_PASSWORD": PASSWORD,
            **environment,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def commands(self) -> dict[str, list[str]]:
        celery = ["celery", "-A", "recotem"]
        beat = ["beat", "--loglevel=INFO", "--scheduler", SCHEDULER, "--pidfile="]
        return {
            "web": ["django", "serve", "--settings=recotem.settings"],
            "worker": [*celery, "worker", "--loglevel=INFO", "-Q", QUEUES],
            "beat": [*celery, *beat],
            "inference": ["inference"],
        }

    def manage(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BACKEND,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"manage.py {arguments}: {done.stdout}{done.stderr}")

    def environment_of(self, name: str) -> dict[str, str]:
        """What the process of this name is started in."""
        return self.environment

    def command_line(self, name: str) -> list[str]:
        return [sys.executable, "-m", *self.commands()[name]]

    def child(self, part: str) -> Process | None:
        """The first of all these processes whose command contains the part."""
        below = processes_below(os.getpid())
        return next((process for process in below if part in process.command), None)

    def launch(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command_line(name),
                cwd=BACKEND,
                env=self.environment_of(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self) -> Self:
        names = self.commands()
        for name in names:
            self.launch(name)
        wait_for("the API", lambda: self._answers(self.url, "web"), START_SECONDS)
        if "inference" in names:
            wait_for(
                "inference",
                lambda: self._answers(self.inference_url, "inference"),
                START_SECONDS,
            )
        return self

    def _answers(self, url: str, name: str) -> bool:
        if self.processes[name].poll() is not None:
            raise RuntimeError(f"{name} ended:\n{self.logs()}")
        path = "/api/v1/ping/" if name == "web" else "/health"
        try:
            return httpx.get(url + path, timeout=10, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """SIGTERM to all, and SIGKILL to what is left after a while."""
        running = [p for p in self.processes.values() if p.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def logs(self) -> str:
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {f.name}\n{f.read_text()[-4000:]}" for f in files)

    def __enter__(self) -> Self:
        try:
            self.manage("migrate", "--verbosity=0")
            self.manage("create_superuser")
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()
