"""Files of rows, named by paths relative to the storage (`MEDIA_ROOT`)."""

import logging
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete

logger = logging.getLogger(__name__)

#: Tables whose rows take their files along when they go.
OWNERS_OF_FILES: set[type[Model]] = set()


def local_path(storage_path: str) -> Path:
    """Where the file of a row lies on this machine."""
    return Path(default_storage.path(storage_path))


def safe_name(name: str) -> str:
    """A file name that every file system takes, with the ending of the original."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:].lstrip(".") or "file"


@contextmanager
def new_folder(kind: str, project_id: int) -> Iterator[str]:
    """A fresh folder `<kind>/<project>/<uuid>`, gone again if the block fails."""
    folder = f"{kind}/{project_id}/{uuid4().hex}"
    local_path(folder).mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(local_path(folder), ignore_errors=True)
        raise


def move_in(source: Path, storage_path: str) -> None:
    """Move a file of this machine into the storage, readable for the services."""
    target = local_path(storage_path)
    shutil.move(source, target)
    target.chmod(0o644)


def write_whole(storage_path: str, content: bytes) -> None:
    """Write a file so that nobody ever reads half of it."""
    target = local_path(storage_path)
    draft = target.with_name(f"{target.name}.{uuid4().hex}")
    try:
        draft.write_bytes(content)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def delete_files(paths: Iterable[str | None]) -> None:
    """Delete files, or folders, once the transaction is committed."""
    wanted = tuple(path for path in paths if path)
    transaction.on_commit(partial(delete_now, wanted), robust=True)


def delete_now(paths: Iterable[str]) -> None:
    for path in paths:
        target = local_path(path)
        if target.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            continue
        try:
            target.unlink(missing_ok=True)
        except OSError:
            logger.exception("The file %s could not be deleted.", path)


def folder_of(storage_path: str | None) -> str | None:
    """The folder that an upload has for itself."""
    return str(PurePosixPath(storage_path).parent) if storage_path else None


def free_files_with_row(model: type[Model], *, attribute: str) -> None:
    """Delete the files that `attribute` lists whenever a row goes, by cascade too."""

    def free(sender: type[Model], instance: Model, **_: object) -> None:
        delete_files(getattr(instance, attribute))

    OWNERS_OF_FILES.add(model)
    post_delete.connect(
        free, sender=model, weak=False, dispatch_uid=f"free files of {model.__name__}"
    )
