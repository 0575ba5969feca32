"""Processes are started again when they die, and all end together."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from recotem_embedded.supervisor import Child, Supervisor
from recotem_embedded.testing import is_alive, processes_below, wait_for

WAITS = "import time; print('up', flush=True); time.sleep(600)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(600)"
)
HAS_A_CHILD = (
    "import subprocess, sys, time; "
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print('up', flush=True); time.sleep(600)"
)

Make = Callable[..., Supervisor]


@pytest.fixture
def supervise(tmp_path: Path) -> Make:
    def make(*programs: str) -> Supervisor:
        children = [
            Child(f"part{n}", [sys.executable, "-c", code], tmp_path / f"part{n}.log")
            for n, code in enumerate(programs)
        ]
        supervisor = Supervisor(children, os.environ, tmp_path, said.append)
        supervisor.start()
        for child in children:
            wait_for("the child", partial(said_up, child))
        return supervisor

    said: list[str] = []
    return make


def said_up(child: Child) -> bool:
    return "up" in child.log.read_text()


def restarted(supervisor: Supervisor, old: int) -> bool:
    supervisor.check()
    process = supervisor.children[0].process
    return process is not None and process.pid != old


def test_a_killed_process_is_started_again(supervise: Make) -> None:
    supervisor = supervise(WAITS)
    child = supervisor.children[0]
    assert child.process is not None
    old = child.process.pid
    os.kill(old, signal.SIGKILL)
    try:
        wait_for("a new process", lambda: restarted(supervisor, old))
        assert child.deaths == 1
    finally:
        supervisor.stop(lambda: False)


def test_what_a_killed_process_had_started_goes_with_it(supervise: Make) -> None:
    supervisor = supervise(HAS_A_CHILD)
    process = supervisor.children[0].process
    assert process is not None
    (grandchild,) = processes_below(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    try:
        wait_for("a new process", lambda: restarted(supervisor, process.pid))
        wait_for("its end", lambda: not is_alive(grandchild.pid))
    finally:
        supervisor.stop(lambda: False)


def test_all_end_together(supervise: Make) -> None:
    supervisor = supervise(WAITS, HAS_A_CHILD)
    supervisor.stop(lambda: False)
    assert not any(child.alive() for child in supervisor.children)


def test_a_deaf_process_is_killed_when_in_a_hurry(supervise: Make) -> None:
    supervisor = supervise(DEAF)
    supervisor.stop(lambda: True)
    process = supervisor.children[0].process
    assert process is not None
    assert process.returncode == -signal.SIGKILL
