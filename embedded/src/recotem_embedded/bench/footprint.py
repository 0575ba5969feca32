"""How much memory and disk a process and its children take, seen from outside."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from recotem_embedded.testing import processes_at_and_below

_SECONDS = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_BLOCK = 512


class Footprint:
    """Watches while it is entered; Linux only. All numbers are peaks in bytes.

    web, children: private memory (what mapped files take can be given back at any
    time); web_resident: with mapped files. disk: files below `folder`, and files that
    the processes hold open without a name.
    """

    def __init__(self, pid: int, folder: Path) -> None:
        self.peaks = dict.fromkeys(("web", "web_resident", "children", "disk"), 0)
        self._pid = pid
        self._folder = folder
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SECONDS):
            self._look()

    def _look(self) -> None:
        pids = [process.pid for process in processes_at_and_below(self._pid)]
        children = [_memory(pid) for pid in pids if pid != self._pid]
        resident, private = _memory(self._pid)
        now = {
            "web": private,
            "web_resident": resident,
            "children": sum(own for _, own in children),
            "disk": _named(self._folder) + sum(map(_nameless, pids)),
        }
        for name, value in now.items():
            self.peaks[name] = max(self.peaks[name], value)


def _memory(pid: int) -> tuple[int, int]:
    """Resident bytes, and how many of them are no pages of files."""
    with suppress(OSError):
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
        return int(resident) * _PAGE, (int(resident) - int(shared)) * _PAGE
    return 0, 0


def _named(folder: Path) -> int:
    return sum(_size(path) for path in folder.rglob("*"))


def _nameless(pid: int) -> int:
    return sum(_size(path, nameless=True) for path in _open_files(pid))


def _open_files(pid: int) -> Iterator[Path]:
    with suppress(OSError):
        yield from Path(f"/proc/{pid}/fd").iterdir()


def _size(path: Path, *, nameless: bool = False) -> int:
    with suppress(OSError):
        found = path.stat()
        if not nameless or found.st_nlink == 0:
            return found.st_blocks * _BLOCK
    return 0
