"""Uploads to a web process that somebody breaks off, or kills."""

import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest

from recotem.core import sweeping
from tests.datasets.tables import HEADER

pytestmark = [
    pytest.mark.one_database("sqlite"),  # the server's own
    pytest.mark.xdist_group("served"),
]

BACKEND = Path(__file__).parents[2]
PASSWORD = "a long password for tests"
LIMIT = 50_000_000
PATIENCE_SECONDS = 120


def until[T](probe: Callable[[], T]) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := probe()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return answer


class Server:
    """`manage.py serve` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.media = folder / "media"
        self.media.mkdir()
        self.database = folder / "db.sqlite3"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "recotem.settings",
            "DEBUG": "false",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "MEDIA_ROOT": str(self.media),
            "RECOTEM_HOME": str(folder),
            "CELERY_BROKER_URL": "filesystem://",
            "CACHE_REDIS_URL": "",
            "BACKEND_PORT": str(self.port),
            "RECOTEM_MAX_UPLOAD_BYTES": str(LIMIT),
            "THROTTLE_ANON_RATE": "10000/min",
            "DEFAULT_ADMIN_PASSWORD": PASSWORD,
        }
        self.manage("migrate", "--verbosity=0").wait()
        self.manage("create_superuser").wait()
        self.start()

    def manage(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=BACKEND,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        self.process = self.manage("serve")
        until(self._answers)
        body = {"username": "admin", "password": PASSWORD}
        url = f"http://127.0.0.1:{self.port}/api/v1/"
        token = httpx.post(
            f"{url}auth/login/", json=body, trust_env=False, timeout=PATIENCE_SECONDS
        ).json()
        self.headers = {"Authorization": f"Bearer {token['access']}"}
        names = {"user_column": "user_id", "item_column": "item_id"}
        made = httpx.post(
            f"{url}project/",
            json={"name": secrets.token_hex(4), **names},
            headers=self.headers,
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        )
        self.project = made.json()["id"]

    def _answers(self) -> bool:
        assert self.process.poll() is None
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def begin_upload(self, sent: bytes, length: int) -> socket.socket:
        """A form that says to be so long, as far as it is sent."""
        lines = {
            "Host": "localhost",
            "Content-Type": "multipart/form-data; boundary=b",
            "Content-Length": str(length),
            **self.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        begin = f"POST /api/v1/training_data/ HTTP/1.1\r\n{head}\r\n"
        connection.sendall(begin.encode() + sent)
        return connection

    def form(self, content: bytes) -> bytes:
        part = '--b\r\nContent-Disposition: form-data; name="'
        fields = f'{part}project"\r\n\r\n{self.project}\r\n{part}file"; filename="a.csv'
        return f'{fields}"\r\n\r\n'.encode() + content + b"\r\n--b--\r\n"

    @property
    def spooled_bytes(self) -> int:
        """Of bodies on their way in, which are files without a name."""
        found = Path(f"/proc/{self.process.pid}/fd").iterdir()
        return sum(size_if_nameless(path) for path in found)

    @property
    def n_rows(self) -> int:
        with sqlite3.connect(self.database) as connection:
            rows = connection.execute("SELECT count(*) FROM datasets_trainingdata")
            count: int = rows.fetchone()[0]
        connection.close()
        return count

    @property
    def files(self) -> list[Path]:
        return [path for path in self.media.rglob("*") if path.is_file()]


def size_if_nameless(path: Path) -> int:
    try:
        found = path.stat()
    except OSError:
        return 0
    return 0 if found.st_nlink else found.st_size


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("served"))
    yield running
    running.kill()


def test_a_body_that_says_to_be_too_large_is_refused_before_it_comes(server):
    with server.begin_upload(b"", 10**12) as connection:
        # The connection is closed after the answer, which comes in pieces.
        answer = b"".join(iter(lambda: connection.recv(10_000), b"")).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert '"code": "too_large"' in answer


def test_a_client_that_goes_away_leaves_nothing(server):
    if sys.platform != "linux":
        pytest.skip("the open files of a process are seen on Linux only")
    form = server.form(HEADER.encode() + b"\nu,i,1" * 2_000_000)
    connection = server.begin_upload(form[: len(form) // 2], len(form))
    until(lambda: server.spooled_bytes > 1_000_000)
    connection.close()
    until(lambda: server.spooled_bytes == 0)
    assert (server.files, server.n_rows) == ([], 0)


@pytest.mark.django_db
def test_what_a_killed_process_leaves_is_swept_later(server, settings):
    lines = b"".join(b"user%d,item%d,%d\n" % (n, n % 977, n) for n in range(900_000))
    form = server.form(HEADER.encode() + b"\n" + lines)
    assert len(form) < LIMIT
    with server.begin_upload(b"", len(form)) as connection:
        sending = Thread(target=connection.sendall, args=(form,))
        sending.start()
        until(lambda: any(server.media.glob("drafts/*/derived")))
        server.kill()
        sending.join()
    assert server.n_rows == 0
    assert server.files
    settings.MEDIA_ROOT = server.media
    sweeping.sweep()
    assert server.files
    sweeping.sweep(now=time.time() + 2 * sweeping.STALE_SECONDS)
    assert list(server.media.glob("*/*")) == []
    server.start()
