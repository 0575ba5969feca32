"""`recotem up`: everything on this machine, until told to stop."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from . import environment
from .children import PARENT_NAME
from .errors import StartError
from .frontend import FRONTEND_NAME, built_frontend
from .home import Home
from .supervisor import Child, Supervisor

READY_SECONDS = 180
#: Never through a proxy that the environment names.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the person at the terminal reads


class StopRequest:
    """Set by Ctrl-C and SIGTERM; a later second one asks for a hurry.

    Launchers pass on what the terminal also sends us, so signals that come together
    count as one.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._first = 0.0
        self._hurry = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        now = time.monotonic()
        if not self._event.is_set():
            self._first = now
        self._hurry = self._hurry or now - self._first > 1.0
        self._event.set()

    def wait(self, seconds: float) -> bool:
        return self._event.wait(seconds)

    def hurry(self) -> bool:
        return self._hurry


def run(home: Home, host: str, port: int) -> int:
    """Serve until a signal; 0 after an orderly end. Raises StartError."""
    home.create()
    with home.locked(), listen(host, port) as listener:
        variables = variables_of(home, host)
        stop = StopRequest()
        if created := prepare(home, variables):
            say(created)  # at once: nobody will ever say the password again
        return supervise(home, listener, variables, stop)


def variables_of(home: Home, host: str) -> dict[str, str]:
    """The environment of all processes. Raises StartError."""
    return {
        "ALLOWED_HOSTS": environment.allowed_hosts(host),
        **environment.of_home(home, os.environ),
        FRONTEND_NAME: str(built_frontend()),
    }


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, held here so that it outlives a web process."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Its connections inherit this. Without it each answer waits 40 ms for the client's
    # acknowledgement: asyncio sets it only for sockets that it has made.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}). Choose another "
            "one with RECOTEM_PORT or --port."
        ) from error
    return listener


def prepare(home: Home, variables: Mapping[str, str]) -> str:
    """Bring the database up to date; what to tell of a new administrator, if any."""
    log = home.logs / "prepare.log"
    with log.open("ab") as output:
        done = subprocess.run(
            [sys.executable, "-m", "recotem_embedded.prepare"],
            env={**variables, PARENT_NAME: str(os.getpid())},
            cwd=home.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            check=False,
        )
    if done.returncode != 0:
        raise StartError(
            f"The database in {home.folder} could not be prepared: "
            f"{last_line(log)} (all of it in {log})"
        )
    return done.stdout.decode().strip()


def last_line(log: Path) -> str:
    """What a process that has ended said at last."""
    return "".join(log.read_text(errors="replace").strip().splitlines()[-1:])


def processes(home: Home, listener: socket.socket) -> list[Child]:
    def child(name: str, *command: str, inherited: tuple[int, ...] = ()) -> Child:
        log = home.logs / f"{name}.log"
        return Child(name, [sys.executable, "-m", *command], log, inherited)

    web = listener.fileno()
    return [
        child("web", "recotem_embedded.web", str(web), inherited=(web,)),
        child("worker", "recotem_embedded.celery_process", "worker"),
        child("beat", "recotem_embedded.celery_process", "beat"),
    ]


@dataclass(frozen=True)
class Running:
    """Processes that serve at an address."""

    address: str
    supervisor: Supervisor


def supervise(
    home: Home,
    listener: socket.socket,
    variables: Mapping[str, str],
    stop: StopRequest,
    when_ready: Callable[[Running], None] = lambda _: None,
) -> int:
    """Serve until told to stop. when_ready: called once, when the first page is up."""
    children = processes(home, listener)
    supervisor = Supervisor(children, variables, home.folder, say)
    supervisor.start()
    try:
        address = _address(listener)
        if wait_until_ready(address, children[0], stop):
            when_ready(Running(address, supervisor))
            if not stop.wait(0):
                say(f"Everything is kept in {home.folder}")
                say(f"Recotem is at {address}. Stop with Ctrl-C.")
        while not stop.wait(0.3):
            supervisor.check()
        say("Stopping …")
    finally:
        supervisor.stop(stop.hurry)
    say("Stopped.")
    return 0


def wait_until_ready(address: str, web: Child, stop: StopRequest) -> bool:
    """Whether the first page came up; False when told to stop before."""
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(address):
        if stop.wait(0.2):
            return False
        if not web.alive() or time.monotonic() > deadline:
            raise StartError(f"The web process did not start:\n{web.tail()}")
    return True


def _answers(address: str) -> bool:
    try:
        with _DIRECT.open(f"{address}/api/v1/ping/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in environment.ANY_ADDRESS:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
