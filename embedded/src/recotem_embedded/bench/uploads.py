"""Memory and disk that the management API takes while a large table is uploaded."""

import argparse
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from .footprint import Footprint
from .server import Server, web_process

_CHUNK = 1 << 20
_USERS, _ITEMS = 200_000, 20_000
_BOUNDARY = "a-boundary-of-the-benchmark"
_SECONDS = 3600.0


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--megabytes", type=int, default=1000, help="of the csv file")


def run(arguments: argparse.Namespace) -> dict[str, object]:
    """Upload one csv file; peaks of memory and disk, and the seconds it took."""
    with web_process() as server, TemporaryDirectory(prefix="bench-uploads-") as folder:
        file = Path(folder) / "log.csv"
        n_rows = _write_table(file, arguments.megabytes * 1_000_000)
        project, token = _tenant()
        with Footprint(server.pid, server.home) as footprint:
            seconds, answer = _upload(server, file, project, token)
        if answer.status_code != 201 or answer.json()["n_rows"] != n_rows:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:500]}")
        return {
            "file_bytes": file.stat().st_size,
            "n_rows": n_rows,
            "seconds": round(seconds, 1),
            **{f"{name}_peak_bytes": peak for name, peak in footprint.peaks.items()},
        }


def _tenant() -> tuple[int, str]:
    """A project, and a token of its owner. Django is set up by now, not before."""
    from recotem.accounts.models import User  # noqa: PLC0415
    from recotem.accounts.services import sign_in  # noqa: PLC0415
    from recotem.projects.models import Project  # noqa: PLC0415

    password = secrets.token_urlsafe()
    owner = User.objects.create_user("bench", password=password)
    names = {"user_column": "user_id", "item_column": "item_id", "time_column": "time"}
    project = Project.objects.create(owner=owner, name="large", **names)
    _, tokens = sign_in(name="bench", password=password)
    return project.pk, tokens.access


def _write_table(file: Path, n_bytes: int) -> int:
    """A log of at least so many bytes; how many rows it has."""
    written = n_rows = 0
    with file.open("w") as table:
        written += table.write("user_id,item_id,time\n")
        while written < n_bytes:
            block = range(n_rows, n_rows + 10_000)
            written += table.write("".join(map(_line, block)))
            n_rows += len(block)
    return n_rows


def _line(number: int) -> str:
    """Spread over users and items by multiplying with primes."""
    user, item = number * 7_919 % _USERS, number * 104_729 % 999_983 % _ITEMS
    return f"user{user},item{item},{1_600_000_000 + number}\n"


def _upload(
    server: Server, file: Path, project: int, token: str
) -> tuple[float, httpx.Response]:
    base = f"http://{server.host}:{server.port}/api/v1/"
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(
        base_url=base, headers=headers, timeout=_SECONDS, trust_env=False
    ) as client:
        started = time.monotonic()
        answer = _send(client, file, project)
        return time.monotonic() - started, answer


def _send(client: httpx.Client, file: Path, project: int) -> httpx.Response:
    """Piece by piece, so that the benchmark itself stays small."""
    part = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="'
    head = f'{part}project"\r\n\r\n{project}\r\n{part}file"; filename="log.csv"\r\n\r\n'
    tail = f"\r\n--{_BOUNDARY}--\r\n"
    size = len(head) + file.stat().st_size + len(tail)

    def body() -> Iterator[bytes]:
        yield head.encode()
        with file.open("rb") as table:
            while chunk := table.read(_CHUNK):
                yield chunk
        yield tail.encode()

    headers = {
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Content-Length": str(size),
    }
    return client.post("training_data/", content=body(), headers=headers)
