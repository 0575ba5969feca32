"""Copies of files that lie elsewhere, kept on this machine while there is room."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

#: What was used so lately may be about to be opened, and stays.
_GRACE_SECONDS = 300
#: Ending of a copy that is not whole yet.
_DRAFT = ".draft"
#: Ending of what is locked by who fetches.
_LOCK = ".lock"


class FileCache:
    """Files by name. What is stored under a name never changes.

    When all copies together are larger than `max_bytes`, the ones used longest ago
    go; a reader that has such a file open or mapped keeps it. Several processes may
    share a folder.
    """

    def __init__(
        self, folder: Path, max_bytes: int, fetch: Callable[[str, Path], None]
    ) -> None:
        """fetch: writes what the name stands for to a path, or raises."""
        self._folder = folder.resolve()
        self._max_bytes = max_bytes
        self._fetch = fetch

    def path(self, name: str) -> Path:
        """Where the copy lies if there is one. ValueError for a name that leads out."""
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder):
            raise ValueError(f"{name!r} leads out of the cache.")
        return path

    def get(self, name: str) -> Path:
        """The copy, fetched once if need be; raises what `fetch` raises."""
        path = self.path(name)
        if not _touch(path):
            with _alone(path):
                if not _touch(path):
                    self._put(path, lambda draft: self._fetch(name, draft))
        return path

    def adopt(self, source: Path, name: str) -> None:
        """Take a file of this machine, which was just stored, as the copy."""
        self._put(self.path(name), lambda draft: shutil.move(source, draft))

    def drop(self, name: str) -> None:
        """Forget a file, or all below a folder."""
        path = self.path(name)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def _put(self, path: Path, write: Callable[[Path], object]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{uuid4().hex}{_DRAFT}")
        try:
            write(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _touch(path)
        self._make_room()

    def _make_room(self) -> None:
        """Let go of the least recently used. Whoever comes second finds them gone."""
        found = sorted(filter(None, map(_use, self._folder.rglob("*"))))
        surplus = sum(size for _, size, _ in found) - self._max_bytes
        latest = time.time() - _GRACE_SECONDS
        for used, size, path in found:
            if surplus <= 0 or used > latest:
                return
            path.unlink(missing_ok=True)
            surplus -= size


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Whoever else wants the file, in whichever process, waits until the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f"{path.name}{_LOCK}")
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _touch(path: Path) -> bool:
    """Note a use by the time of access; whether the file is there."""
    with suppress(FileNotFoundError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
        return True
    return False


def _use(path: Path) -> tuple[float, int, Path] | None:
    """When it was last used, and its size; None for what is no file."""
    with suppress(FileNotFoundError):
        found = path.stat()
        if path.is_file():
            return found.st_atime, found.st_size, path
    return None
