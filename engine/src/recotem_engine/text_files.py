"""Text files on their way in: unpacked within limits, checked byte by byte."""

import gzip
import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

import zstandard

from recotem_engine.errors import DataError

_CHUNK = 1 << 20
# A zstd block of 4 bytes can unpack to 128 KiB: so little at once bounds the memory.
_ZSTD_INPUT = 512


@dataclass(frozen=True)
class ReadLimits:
    """Refuse what is larger once unpacked, wider, or has longer cells or lines."""

    max_unpacked_bytes: int = 4 << 30
    max_columns: int = 1000
    max_cell_bytes: int = 1 << 20


class TextScan:
    """Follows a text from its first to its last byte and refuses what is none."""

    def __init__(self, limits: ReadLimits, *, bound_lines: bool) -> None:
        self.size = 0
        self.lines = 0
        self.has_blank_lines = False
        self.has_text = False
        self._limits = limits
        self._bound_lines = bound_lines
        self._line_size = 0
        self._last = b"\n"
        self._decoder = getincrementaldecoder("utf-8")()

    def feed(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self._limits.max_unpacked_bytes:
            raise DataError(
                "unpacked_too_large",
                "The file is larger than the limit of "
                f"{self._limits.max_unpacked_bytes:,} bytes once unpacked.",
            )
        self._decode(chunk)
        self._measure_line(chunk)
        joined = self._last + chunk
        blank = b"\n\n" in joined or b"\n\r\n" in joined
        self.has_blank_lines = self.has_blank_lines or blank
        self.has_text = self.has_text or not chunk.isspace()
        self.lines += chunk.count(b"\n")
        self._last = joined[-2:]

    def finish(self) -> None:
        self._decode(b"", final=True)
        if not self.has_text:
            raise DataError("empty_file", "The file is empty.")

    def _decode(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            line = self.lines + error.object[: error.start].count(b"\n") + 1
            raise DataError(
                "cannot_parse",
                f"Line {line} is not UTF-8 text. Save the file as UTF-8 and try again.",
            ) from error
        if "\0" in text:
            line = self.lines + text[: text.index("\0")].count("\n") + 1
            raise DataError(
                "cannot_parse",
                f"Line {line} holds a zero byte: this is not a text file.",
            )

    def _measure_line(self, chunk: bytes) -> None:
        """Lines inside one chunk cannot be too long: no chunk is."""
        first = chunk.find(b"\n")
        self._line_size += len(chunk) if first < 0 else first
        if self._bound_lines and self._line_size > self._limits.max_cell_bytes:
            raise DataError(
                "cell_too_long",
                f"Line {self.lines + 1} is longer than "
                f"{self._limits.max_cell_bytes:,} bytes.",
            )
        if first >= 0:
            self._line_size = len(chunk) - chunk.rfind(b"\n") - 1


@contextmanager
def plain_text(
    path: Path, packing: str, limits: ReadLimits, *, bound_lines: bool
) -> Iterator[tuple[Path, TextScan]]:
    """The unpacked text as a file, and what the scan of it found.

    packing: "", ".gz", ".gzip" or ".zst". DataError: unpacked_too_large,
    cannot_parse, cell_too_long, empty_file.
    """
    scan = TextScan(limits, bound_lines=bound_lines)
    size = min(_CHUNK, limits.max_cell_bytes)
    if not packing:
        with path.open("rb") as file:
            for chunk in _plain_chunks(file, size):
                scan.feed(chunk)
        scan.finish()
        yield path, scan
        return
    with NamedTemporaryFile(suffix=".txt") as unpacked:
        for chunk in _unpacked_chunks(path, packing, size):
            scan.feed(chunk)
            unpacked.write(chunk)
        scan.finish()
        unpacked.flush()
        yield Path(unpacked.name), scan


def _plain_chunks(file: BinaryIO | gzip.GzipFile, size: int) -> Iterator[bytes]:
    while chunk := file.read(size):
        yield chunk


def _unpacked_chunks(path: Path, packing: str, size: int) -> Iterator[bytes]:
    if path.stat().st_size == 0:
        return
    try:
        if packing == ".zst":
            yield from _zstd_chunks(path, size)
        else:
            with gzip.open(path) as file:
                yield from _plain_chunks(file, size)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise DataError(
            "cannot_parse",
            f"The file ends in {packing} but cannot be unpacked: it is broken, cut "
            "off, or packed in another way.",
        ) from error


def _zstd_chunks(path: Path, size: int) -> Iterator[bytes]:
    """Every frame of the file, in pieces of at most `size`; EOFError when cut off."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    frame = unpacker.decompressobj()
    waiting = bytearray()
    with path.open("rb") as file:
        while packed := file.read(_ZSTD_INPUT):
            while packed:
                if frame.eof:
                    frame = unpacker.decompressobj()
                waiting += frame.decompress(packed)
                packed = frame.unused_data if frame.eof else b""
            while len(waiting) >= size:
                yield bytes(waiting[:size])
                del waiting[:size]
    if not frame.eof:
        raise EOFError
    if waiting:
        yield bytes(waiting)
