from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

from asgiref.sync import sync_to_async
from django.http import FileResponse, HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse

from recotem.core.file_stores import file_store

_CHUNK = 256 * 1024

#: For the description of a route that answers with `download`.
DOWNLOAD = {
    (200, "application/octet-stream"): OpenApiTypes.BINARY,
    302: OpenApiResponse(description="Where the file lies on S3, for some minutes."),
}


def download(storage_path: str, *, name: str) -> HttpResponseBase:
    """The file under a name of its own (RFC 6266): sent, or where to get it."""
    store = file_store()
    address = store.address(storage_path, name)
    if address is None:
        return Download(store.local(storage_path), name=name)
    # Django's redirects refuse the length that long names in other scripts give.
    headers = {"Location": address, "Cache-Control": "no-store"}
    return HttpResponse(status=302, headers=headers)


class Download(FileResponse):
    """A file of this machine, sent piece by piece.

    Django's own response reads the whole file into memory when ASGI asks for it.
    """

    block_size = _CHUNK

    def __init__(self, path: Path, *, name: str) -> None:
        super().__init__(
            path.open("rb"),
            as_attachment=True,
            filename=name,
            content_type="application/octet-stream",
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = cast("Iterator[bytes]", self.streaming_content)
        read = sync_to_async(lambda: next(pieces, b""))
        while piece := await read():
            yield piece
