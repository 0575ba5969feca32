"""Small files to upload."""

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.response import Response

HEADER = "user_id,item_id,time"


def rows(n_users: int = 6, n_items: int = 8) -> list[str]:
    """Everybody takes three items in a row; a pair never comes twice."""
    return [
        f"u{user},i{(user + step) % n_items},2024-01-{user + 1:02d}T0{step}:00:00"
        for user in range(n_users)
        for step in range(3)
    ]


def table(*lines: str) -> bytes:
    return "\n".join([HEADER, *(lines or rows())]).encode() + b"\n"


def items(n_items: int = 8) -> bytes:
    lines = [f"i{n},Item {n},{n}.5" for n in range(n_items)]
    return "\n".join(["item_id,title,price", *lines]).encode()


def bomb(unpacked_bytes: int) -> bytes:
    """A gzip file that is tiny until it is unpacked."""
    block = b"u1,i1,2024-01-01\n" * 3_000_000
    member = gzip.compress(block, compresslevel=9)
    return gzip.compress(table()) + member * (unpacked_bytes // len(block) + 1)


def upload(
    call_as: Callable[..., Response],
    content: bytes,
    *,
    project: Any,
    name: str = "log.csv",
    kind: str = "training_data",
    who: str = "owner",
) -> Response:
    form = {"project": project.pk, "file": named(content, name)}
    return call_as(who, "post", f"{kind}/", form, format="multipart")


def named(content: bytes, name: str) -> SimpleUploadedFile:
    file = SimpleUploadedFile("file", b"")
    file.file = io.BytesIO(content)
    file._name = name
    file.size = len(content)
    return file


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("log.csv"), content)
    return file.getvalue()
