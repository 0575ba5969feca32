"""Files that no row names: what a killed process or a failed delete left behind."""

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from recotem.core.file_stores import file_store
from recotem.core.storage import OWNERS_OF_FILES, delete_now

logger = logging.getLogger(__name__)

#: Seconds after which a file that no row names will not get one any more.
STALE_SECONDS = 24 * 3600
#: Seconds after which the files of a search that nobody touched can go; a search
#: that goes on makes them again.
WORK_SECONDS = 7 * 24 * 3600
_EVERY_SECONDS = 3600
_KINDS = ("training_data", "item_meta_data", "models")
_HERE = {"drafts": STALE_SECONDS, "work": WORK_SECONDS}

_turn = threading.Lock()
_last: list[float] = []


def sweep_now_and_then() -> None:
    """Sweep, if this process has not done so within the last hour."""
    with _turn:
        now = time.monotonic()
        if _last and now - _last[0] < _EVERY_SECONDS:
            return
        _last[:] = [now]
    sweep()


def sweep(*, now: float | None = None) -> None:
    """Delete what is old and nobody's: drafts of this machine, files of the storage."""
    moment = time.time() if now is None else now
    for name, seconds in _HERE.items():
        _sweep_folder(Path(settings.MEDIA_ROOT) / name, moment - seconds)
    orphans = sorted(_orphans(moment - STALE_SECONDS))
    if orphans:
        logger.info("Deleting %s files that no row names.", len(orphans))
        delete_now(orphans)


def _sweep_folder(folder: Path, before: float) -> None:
    for found in folder.glob("*"):
        if _last_written(found) >= before:
            continue
        if found.is_dir():
            shutil.rmtree(found, ignore_errors=True)
        else:
            found.unlink(missing_ok=True)


def _last_written(path: Path) -> float:
    """Of a folder, when anything in it was."""
    return max(each.stat().st_mtime for each in (path, *path.rglob("*")))


def _orphans(before: float) -> Iterator[str]:
    """Asked first, rows second: a file that came meanwhile is young."""
    store = file_store()
    old = {
        path
        for kind in _KINDS
        for path, written in store.units(kind)
        if written < before
    }
    yield from old - _named() if old else ()


def _named() -> set[str]:
    """All files and folders that rows own."""
    return {
        path
        for model, attribute in OWNERS_OF_FILES.items()
        for row in model._base_manager.iterator()  # noqa: SLF001 — Django's own name
        for path in getattr(row, attribute)
        if path
    }
