"""The table of permissions: for each route and caller the status of the answer."""

from collections.abc import Iterable, Mapping
from pathlib import Path

CALLERS = (
    "anonymous",
    "stranger",
    "viewer",
    "editor",
    "co_owner",
    "owner",
    "staff",
    "key_read",
    "key_write",
    "key_predict",
    "key_of_other_project",
)
FILE = Path(__file__).with_name("permissions.txt")
COMMENT = """\
# Who is answered with which status, asked with everything right but who asks.
# Rows and keys are the owner's; co_owner, editor and viewer are members of the project.
# `make permissions` writes this file; read its diff as a security reviewer.
"""
_HEADS = ("anon", "stranger", "viewer", "editor", "co-own", "owner", "staff")
_KEYS = ("k-read", "k-write", "k-pred", "k-other")

type Statuses = tuple[int, ...]
type Table = dict[str, Statuses]


def read() -> Table:
    lines = FILE.read_text().splitlines() if FILE.exists() else []
    rows = [line.rsplit(maxsplit=len(CALLERS)) for line in lines if "/" in line]
    return {
        route: tuple(map(int, statuses))
        for route, *statuses in rows
        if not route.startswith("#")
    }


def write(table: Mapping[str, Statuses], order: Iterable[str]) -> None:
    """Keep the lines of the routes that there are, in this order."""
    lines = [_line("", _HEADS + _KEYS)]
    lines += [_line(route, table[route]) for route in order if route in table]
    FILE.write_text(COMMENT + "\n".join(lines) + "\n")


def _line(route: str, cells: Iterable[object]) -> str:
    return f"{route:<66}" + "".join(f"{cell!s:>9}" for cell in cells)
