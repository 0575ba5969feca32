"""Files of rows, named by paths relative to the storage.

`<kind>/<project>/<name>`: a file or a folder that one row owns and that never changes
once it is there. Beside these, MEDIA_ROOT has `drafts/`, where they are made, and
`work/`, both of this machine alone and swept when nobody needs them any more.
"""

import logging
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete

from recotem.core.file_stores import file_store

logger = logging.getLogger(__name__)

#: Tables whose rows take their files along when they go, and the attribute that
#: lists them.
OWNERS_OF_FILES: dict[type[Model], str] = {}


def local_path(storage_path: str) -> Path:
    """Where the file of a row lies on this machine, fetched first if need be.

    Nothing lies there when the file is gone.
    """
    return file_store().local(storage_path)


def file_exists(storage_path: str) -> bool:
    return file_store().exists(storage_path)


def workplace(name: str) -> Path:
    """A folder of this machine for files that are no row's and can be made again."""
    folder = Path(settings.MEDIA_ROOT) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def drafts_folder() -> Path:
    """Where files are made before they come to their place."""
    return workplace("drafts")


def safe_name(name: str) -> str:
    """A file name that every file system takes, with the ending of the original."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:].lstrip(".") or "file"


@contextmanager
def draft() -> Iterator[Path]:
    """A new folder of this machine, gone after the block."""
    folder = drafts_folder() / uuid4().hex
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class NewFolder:
    """A folder `<kind>/<project>/<uuid>` in the making."""

    def __init__(self, path: str, room: Path) -> None:
        self.path = path
        self._room = room

    def local(self, name: str) -> Path:
        """Where to write a file that is to be in the folder."""
        target = self._room / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def publish(self) -> None:
        """All at once to its place, readable for the services."""
        for file in self._room.rglob("*"):
            file.chmod(0o755 if file.is_dir() else 0o644)
        self._room.chmod(0o755)
        file_store().put_folder(self._room, self.path)


@contextmanager
def new_folder(kind: str, project_id: int) -> Iterator[NewFolder]:
    """A fresh folder for a row to own, gone again if the block fails."""
    path = f"{kind}/{project_id}/{uuid4().hex}"
    try:
        with draft() as room:
            yield NewFolder(path, room)
    except BaseException:
        delete_now([path])
        raise


def put(source: Path, storage_path: str) -> None:
    """Move a file of this machine into the storage, readable for the services."""
    file_store().put(source, storage_path)


def write_whole(storage_path: str, content: bytes) -> None:
    """Write a small file so that nobody ever reads half of it."""
    file_store().write(storage_path, content)


def delete_files(paths: Iterable[str | None]) -> None:
    """Delete files, or folders, once the transaction is committed."""
    wanted = tuple(path for path in paths if path)
    transaction.on_commit(partial(delete_now, wanted), robust=True)


def delete_now(paths: Iterable[str]) -> None:
    """Delete files, or folders. What fails is logged, and swept some day."""
    for path in paths:
        try:
            file_store().delete(path)
        except Exception:  # each kind of storage fails in its own way
            logger.exception("%s could not be deleted.", path)


def delete_workplace(name: str) -> None:
    """Delete it, once the transaction is committed."""
    folder = Path(settings.MEDIA_ROOT) / name
    drop = partial(shutil.rmtree, folder, ignore_errors=True)
    transaction.on_commit(drop, robust=True)


def folder_of(storage_path: str | None) -> str | None:
    """The folder that an upload has for itself."""
    return str(PurePosixPath(storage_path).parent) if storage_path else None


def free_files_with_row(model: type[Model], *, attribute: str) -> None:
    """Delete the files that `attribute` lists whenever a row goes, by cascade too."""

    def free(sender: type[Model], instance: Model, **_: object) -> None:
        delete_files(getattr(instance, attribute))

    OWNERS_OF_FILES[model] = attribute
    post_delete.connect(
        free, sender=model, weak=False, dispatch_uid=f"free files of {model.__name__}"
    )
