"""Starts processes, starts them again when they die, and takes all of them down."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .children import PARENT_NAME

LOG_BYTES = 10 * 1024**2
LONGEST_PAUSE = 30.0
#: Seconds after which a process counts as healthy, so that the pauses start anew.
HEALTHY_AFTER = 60.0
STOP_SECONDS = 20.0


@dataclass
class Child:
    """One supervised process and what became of it."""

    name: str
    command: list[str]
    log: Path
    inherited: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_after: float = 0.0

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        _rotate(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env={**environment, PARENT_NAME: str(os.getpid())},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.inherited,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, SIGKILL to all that it started."""
        if self.process is None:
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            elif self.alive():
                self.process.send_signal(number)
        except ProcessLookupError:
            pass

    def tail(self, n_lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-n_lines:])


@dataclass
class Supervisor:
    """A group of children that runs, and ends, as one."""

    children: list[Child]
    environment: Mapping[str, str]
    folder: Path
    say: Callable[[str], None]
    stopping: bool = field(default=False, init=False)

    def start(self) -> None:
        for child in self.children:
            child.start(self.environment, self.folder)

    def check(self) -> None:
        """Start again what has died, with growing pauses."""
        now = time.monotonic()
        for child in self.children:
            if child.alive():
                continue
            if child.process is not None:
                self._note_death(child, now)
            elif now >= child.start_after:
                child.start(self.environment, self.folder)

    def _note_death(self, child: Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 - said by the caller
        child.signal(signal.SIGKILL)  # what it left behind
        healthy = now - child.started_at > HEALTHY_AFTER
        child.deaths = 1 if healthy else child.deaths + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (child.deaths - 1))
        child.start_after = now + pause
        code, child.process = child.process.returncode, None
        self.say(
            f"The {child.name} process ended ({_how(code)}); starting it again in "
            f"{pause:g} s. Its log: {child.log}"
        )

    def stop(self, hurry: Callable[[], bool]) -> None:
        """End all children: asked first, killed after a while or when in a hurry."""
        self.stopping = True
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(c.alive() for c in self.children):
            if hurry() or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
