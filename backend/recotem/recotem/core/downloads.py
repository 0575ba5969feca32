from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

from asgiref.sync import sync_to_async
from django.http import FileResponse

_CHUNK = 256 * 1024


class Download(FileResponse):
    """A file under a name of its own (RFC 6266), sent piece by piece.

    Django's own response reads the whole file into memory when ASGI asks for it.
    """

    block_size = _CHUNK

    def __init__(self, path: Path, *, name: str) -> None:
        super().__init__(path.open("rb"), as_attachment=True, filename=name)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = cast("Iterator[bytes]", self.streaming_content)
        read = sync_to_async(lambda: next(pieces, b""))
        while piece := await read():
            yield piece
