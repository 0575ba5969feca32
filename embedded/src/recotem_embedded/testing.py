"""`recotem up` as a test starts it: a folder and a port of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlsplit

START_SECONDS = 240.0
STOP_SECONDS = 60.0
PASSWORD = "a long password for tests"  # noqa: S105 - of throw-away servers
#: Tests ask faster than people; the limits have tests of their own.
TEST_LIMITS = {
    "THROTTLE_ANON_RATE": "10000/min",
    "THROTTLE_USER_RATE": "100000/min",
    "THROTTLE_LOGIN_RATE": "10000/min",
    "THROTTLE_RECOMMENDATION_RATE": "10000/min",
    "INFERENCE_RATE_LIMIT": "100000/minute",
}
_RECOTEM = (sys.executable, "-m", "recotem_embedded")
_ADDRESS = re.compile(r"Recotem is at (http://\S+)\. Stop")


class Process(NamedTuple):
    """A line of `ps`."""

    pid: int
    parent: int
    command: str


def processes_at_and_below(pid: int) -> list[Process]:
    """A process and all its living descendants, parents first."""
    command = ["ps", "-axwwo", "pid=,ppid=,stat=,command="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()]
    alive = [
        Process(int(row[0]), int(row[1]), row[3])
        for row in rows
        if len(row) == 4 and not row[2].startswith("Z")
    ]
    found = [process for process in alive if process.pid == pid]
    known = {pid}
    while new := [p for p in alive if p.parent in known and p.pid not in known]:
        known |= {process.pid for process in new}
        found += new
    return found


def processes_below(pid: int) -> list[Process]:
    """All living descendants of a process."""
    return [p for p in processes_at_and_below(pid) if p.pid != pid]


def is_alive(pid: int) -> bool:
    """Whether the process exists and is more than a not yet reaped entry."""
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    return shown.stdout.strip()[:1] not in ("", "Z")


def wait_for[T](what: str, probe: Callable[[], T], seconds: float = 120.0) -> T:
    """The first true answer of the probe. Raises TimeoutError naming what was meant."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.1)
    return answer


class EmbeddedRecotem:
    """A running `recotem up`, or `demo`; `url` is where it answers."""

    def __init__(
        self,
        home: Path,
        environment: Mapping[str, str] = {},
        command: Sequence[str] = ("up",),
        start_seconds: float = START_SECONDS,
    ) -> None:
        self.home = home
        self._command, self._start_seconds = command, start_seconds
        self.output = home.parent / f"{home.name}.out"
        self.url = ""
        self.environment = {
            **os.environ,
            "DEFAULT_ADMIN_PASSWORD": PASSWORD,
            **TEST_LIMITS,
            **environment,
            "RECOTEM_HOME": str(home),
        }

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the command without waiting until it serves."""
        port = str(urlsplit(self.url).port or 0)  # the same again after a restart
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*_RECOTEM, *self._command, "--port", port],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def start(self) -> Self:
        self.launch()
        found = wait_for("recotem up", self._address_or_end, self._start_seconds)
        if not isinstance(found, re.Match):
            raise RuntimeError(f"recotem up ended: {self.said()}")
        self.url = found[1]
        return self

    def _address_or_end(self) -> re.Match[str] | int | None:
        said = _ADDRESS.search(self.said())
        return said or (self.process.poll() is not None or None)

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def logs(self) -> str:
        """The ends of all logs, for a failing test to show."""
        files = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"--- {f.name}\n{f.read_text()[-3000:]}" for f in files)

    def child(self, part: str) -> Process | None:
        """The first process below us whose command contains the part."""
        below = processes_below(self.process.pid)
        return next((process for process in below if part in process.command), None)

    @property
    def inference_url(self) -> str:
        return f"{self.url}/inference"

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()
