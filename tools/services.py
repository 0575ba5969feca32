"""Run a command with a PostgreSQL and a Redis of its own.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` are used when given; otherwise servers found
on this machine are started on random ports with throw-away data and stopped at the end.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

START_SECONDS = 90
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


class ServiceMissingError(Exception):
    """A server program is not on this machine, or did not start."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_folder() -> Path:
    """The folder with the server's own programs, behind any links on PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(
        (f for pattern in POSTGRES_FOLDERS for f in Path("/").glob(pattern[1:])),
        key=lambda folder: folder.parent.name.zfill(20),
    )
    if not folders:
        raise ServiceMissingError("PostgreSQL (initdb) is not installed.")
    return folders[-1]


def unprivileged() -> pwd.struct_passwd | None:
    """Whom to run as instead of root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServiceMissingError("PostgreSQL refuses root, and there is no user 'nobody'.")


@contextmanager
def data_folder(owner: pwd.struct_passwd | None) -> Iterator[Path]:
    """A folder that the owner can reach: never below a private temporary folder."""
    base = "/tmp" if owner else None  # noqa: S108 - mkdtemp is private and random
    folder = Path(tempfile.mkdtemp(prefix="recotem-services-", dir=base))
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """On Linux a server ends with us, even when nothing is left to stop it."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)


@dataclass
class Server:
    """A server program with data of its own; started again, it still has them.

    ready: whether it takes connections, asked while it starts.
    """

    url: str
    command: list[str]
    folder: Path
    owner: pwd.struct_passwd | None
    ready: Callable[[], bool]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")

    def start(self) -> Self:
        """Start it and wait until it is ready. Raises ServiceMissingError."""
        (self.folder / "output.log").unlink(missing_ok=True)
        self.process = launch(self.command, self.folder, self.owner)
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                told = self.log[-2000:]
                self.kill()
                raise ServiceMissingError(f"{self.command!r} did not start:\n{told}")
            time.sleep(0.1)
        return self

    def kill(self) -> None:
        """SIGKILL to it and to all that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process is None:
            return
        # PostgreSQL's fast shutdown, Redis's too.
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


def launch(
    command: list[str], folder: Path, owner: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    with (folder / "output.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - one call of the C library
        )


def answers(host: str, port: int, sent: bytes, expected: bytes) -> bool:
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(sent)
            return connection.recv(64).startswith(expected)
    except OSError:
        return False


@contextmanager
def postgres(host: str = "127.0.0.1", *, durable: bool = False) -> Iterator[Server]:
    """A fresh running PostgreSQL, which trusts whoever reaches it.

    durable: what was committed outlives a kill of its processes.
    """
    programs, owner, port = postgres_folder(), unprivileged(), free_port()
    with data_folder(owner) as folder:
        data = str(folder / "data")
        create = [str(programs / "initdb"), "-D", data, "-U", "recotem", "-A", "trust"]
        made = launch([*create, "-E", "UTF8", "--no-sync"], folder, owner).wait()
        if made != 0:
            log = (folder / "output.log").read_text(errors="replace")[-2000:]
            raise ServiceMissingError(f"initdb failed:\n{log}")
        if host != "127.0.0.1":
            with (folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
        fast = ["full_page_writes=off", "max_connections=200"]
        fast += [f"synchronous_commit={'on' if durable else 'off'}"]
        where = [f"port={port}", f"listen_addresses={host}"]
        where.append(f"unix_socket_directories={folder}")
        options = [part for option in (*fast, *where) for part in ("-c", option)]
        command = [str(programs / "postgres"), "-F", "-D", data, *options]
        # An SSL request is answered with one byte as soon as connections are taken.
        request = (8).to_bytes(4) + (80877103).to_bytes(4)
        server = Server(
            f"postgres://recotem@{host}:{port}/postgres",
            command,
            folder,
            owner,
            lambda: (
                answers(host, port, request, b"N")
                and "ready to accept connections" in server.log
            ),
        )
        try:
            yield server.start()
        finally:
            server.stop()


@contextmanager
def redis(host: str = "127.0.0.1") -> Iterator[Server]:
    """A fresh running Redis, its URL without a database number; it keeps nothing."""
    program = shutil.which("redis-server")
    if not program:
        raise ServiceMissingError("Redis (redis-server) is not installed.")
    port = free_port()
    with data_folder(None) as folder:
        command = [program, "--port", str(port), "--bind", host, "--save", ""]
        command += ["--protected-mode", "no", "--dir", str(folder)]
        server = Server(
            f"redis://{host}:{port}",
            command,
            folder,
            None,
            lambda: answers(host, port, b"PING\r\n", b"+PONG"),
        )
        try:
            yield server.start()
        finally:
            server.stop()


def variables(database_url: str, redis_url: str) -> dict[str, str]:
    """What the services and their tests read from the environment."""
    names = ("CELERY_BROKER", "CHANNELS_REDIS", "CACHE_REDIS", "MODEL_EVENTS_REDIS")
    return {
        "TEST_DATABASE_URL": database_url,
        "TEST_REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        **{f"{name}_URL": f"{redis_url}/{db}" for db, name in enumerate(names)},
    }


def interrupt(*_: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # the stopping itself is not disturbed
    raise KeyboardInterrupt


def main(command: list[str]) -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
    with ExitStack() as stack:
        try:
            database_url = (
                os.environ.get("TEST_DATABASE_URL")
                or stack.enter_context(postgres()).url
            )
            redis_url = (
                os.environ.get("TEST_REDIS_URL") or stack.enter_context(redis()).url
            )
        except ServiceMissingError as missing:
            required = os.environ.get("CI") == "true"
            print("FAILED" if required else "SKIPPED", f"{command[0]}:", missing)
            return 1 if required else 0
        environment = {**os.environ, **variables(database_url, redis_url.rstrip("/"))}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
