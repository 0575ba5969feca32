"""Reading uploaded tables in a child process, so that no file can hurt the service."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from recotem.core.errors import Invalid
from recotem.core.storage import folder_of, local_path, write_whole
from recotem.datasets.errors import FileGone
from recotem.datasets.models import StoredTable
from recotem_engine.compute import (
    Compute,
    ComputeCrashed,
    ComputeStopped,
    ComputeTimeout,
)
from recotem_engine.errors import DataError

#: Seconds that reading one file may take.
TIME_LIMIT = 600
#: Bytes of memory that it may take; the rest keeps the machine alive.
MEMORY_LIMIT = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 * 3
#: Where, beside an upload, the files made from it lie.
DERIVED = "derived"


def import_upload(
    operation: str, upload: UploadedFile, out: Path, **arguments: object
) -> dict[str, Any]:
    """Check an upload and write its columnar copy to `out`.

    Invalid, on the field `file`, says what is wrong with it.
    """
    try:
        return _call(
            operation,
            path=str(temporary_path(upload)),
            name=upload.name,
            out=str(out),
            **arguments,
        )
    except DataError as error:
        raise Invalid({"file": [str(error)]}, code=error.code) from error
    except (ComputeCrashed, ComputeStopped, ComputeTimeout) as error:
        message = f"The file could not be read: {error}"
        raise Invalid({"file": [message]}, code="cannot_parse") from error


def temporary_path(upload: UploadedFile) -> Path:
    """Where the upload handler put the file."""
    path: str = upload.temporary_file_path()  # type: ignore[attr-defined]
    return Path(path)


def derived(
    table: StoredTable, kept_as: str, operation: str, /, **arguments: object
) -> dict[str, Any]:
    """What `operation` says of a table, computed once and kept beside its file."""
    if not table.is_usable:
        raise FileGone
    kept = f"{folder_of(table.file)}/{DERIVED}/{kept_as}"
    try:
        content: dict[str, Any] = json.loads(local_path(kept).read_bytes())
    except FileNotFoundError:
        content = _call(operation, **arguments)
        with suppress(FileNotFoundError):  # the file was removed meanwhile
            write_whole(kept, json.dumps(content).encode())
    return content


def _call(operation: str, **arguments: Any) -> dict[str, Any]:
    limits = {"max_unpacked_bytes": settings.RECOTEM_MAX_UNPACKED_BYTES}
    if "name" in arguments:
        arguments["limits"] = limits
    with Compute(memory_limit_bytes=MEMORY_LIMIT) as child:
        return child.call(operation, timeout=TIME_LIMIT, **arguments)
