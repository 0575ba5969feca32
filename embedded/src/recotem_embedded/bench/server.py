"""One real web process of the management API, in a home of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import django

from recotem_embedded import environment
from recotem_embedded.errors import StartError
from recotem_embedded.home import Home
from recotem_embedded.up import listen, prepare

from .database import own_database

START_SECONDS = 180.0
#: What is measured is the work, not how often somebody may ask for it.
_UNLIMITED = {"THROTTLE_USER_RATE": "1000000000/min"}


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    pid: int
    home: Path


@contextmanager
def web_process(more: Mapping[str, str] = {}) -> Iterator[Server]:
    """The process, answering; its database is also that of Django in this process.

    more: environment variables of both.
    """
    with tempfile.TemporaryDirectory(prefix="recotem-bench-") as name:
        home = Home(Path(name))
        home.create()
        with own_database(home.folder) as url:
            variables = {
                **environment.of_home(home, os.environ),
                **_UNLIMITED,
                "ALLOWED_HOSTS": "127.0.0.1",
                "DATABASE_URL": url,
                **more,
            }
            prepare(home, variables)
            os.environ.update(variables)
            django.setup()
            with _uvicorn(home, variables) as server:
                yield server


@contextmanager
def _uvicorn(home: Home, variables: dict[str, str]) -> Iterator[Server]:
    with listen("127.0.0.1", 0) as listener:
        log = home.logs / "web.log"
        command = [sys.executable, "-m", "uvicorn", "recotem.asgi:application"]
        command += ["--fd", str(listener.fileno()), "--no-access-log"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=variables,
                cwd=home.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[listener.fileno()],
            )
        try:
            server = Server(
                "127.0.0.1", listener.getsockname()[1], process.pid, home.folder
            )
            _wait_until_it_answers(server, process, log)
            yield server
        finally:
            process.terminate()
            process.wait()


def _wait_until_it_answers(
    server: Server, process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            ended = f"exit code {process.returncode}" if process.poll() else "too slow"
            raise StartError(
                f"The web process did not start ({ended}):\n{log.read_text()}"
            )
        time.sleep(0.1)


def _answers(server: Server) -> bool:
    connection = HTTPConnection(server.host, server.port, timeout=5)
    try:
        connection.request("GET", "/api/v1/ping/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
