"""How late log lines reach many who follow one job by web socket."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import processes
from .server import web_process

_BELL = "CHANNELS_REDIS_URL"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clients", type=int, default=500, help="that follow the job")
    parser.add_argument("--lines", type=int, default=200, help="that the job writes")
    parser.add_argument("--per-second", type=float, default=5.0, help="lines written")
    parser.add_argument(
        "--no-bell", action="store_true", help=f"though {_BELL} names one"
    )


def run(arguments: argparse.Namespace) -> dict[str, object]:
    """Delays from the moment before a line is written until a client has it."""
    bell = "" if arguments.no_bell else os.environ.get(_BELL, "")
    with web_process({_BELL: bell}) as server:
        # Models can be imported only now.
        from .followed_job import FollowedJob  # noqa: PLC0415

        job = FollowedJob.open()
        url = f"ws://{server.host}:{server.port}{job.path}"
        began = time.monotonic()
        with _clients(url, arguments.clients, arguments.lines) as clients:
            _wait_until_ready(clients)
            opened, before = time.monotonic(), processes.cpu_seconds(server.pid) or 0.0
            job.write(arguments.lines, arguments.per_second)
            found = json.loads(clients.communicate()[0])
            spent = (processes.cpu_seconds(server.pid) or 0.0) - before
            seconds = time.monotonic() - opened
        return {
            "clients": arguments.clients,
            "lines": arguments.lines,
            "bell": "redis" if bell else "none",
            "seconds_to_open": round(opened - began, 1),
            **found,
            "web_cpu_share": round(spent / seconds, 3),
            "web_mb": processes.memory_mb(server.pid),
        }


@contextmanager
def _clients(url: str, n: int, n_lines: int) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that opens the sockets and tells what came of it."""
    module = "recotem_embedded.bench.socket_clients"
    with subprocess.Popen(
        [sys.executable, "-m", module, url, str(n), str(n_lines)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_until_ready(clients: subprocess.Popen[str]) -> None:
    assert clients.stdout  # noqa: S101 - it is a pipe
    if not clients.stdout.readline():
        raise RuntimeError("The clients could not open their sockets.")
