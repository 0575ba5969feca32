"""How large a Parquet file is once unpacked, before anything of it is unpacked.

The footer is a Thrift struct in the compact protocol (Apache Parquet format, file
metadata: num_rows is field 3, row_groups field 4, their total_byte_size field 2).
"""

from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import Any

from recotem_engine.errors import DataError

_MAGIC = b"PAR1"
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _STRUCT = 1, 2, 3, 7, 8, 12
_INTS, _LISTS = (4, 5, 6), (9, 10)


@dataclass(frozen=True)
class Footer:
    n_rows: int
    unpacked_bytes: int


def read_footer(path: Path) -> Footer:
    """DataError cannot_parse if the file does not end as a Parquet file does."""
    try:
        fields = _Compact(_footer_bytes(path)).struct()
        sizes = [int(group[2]) for group in fields[4]]
        return Footer(n_rows=int(fields[3]), unpacked_bytes=sum(sizes))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise DataError(
            "cannot_parse", "The file is not a readable Parquet file."
        ) from error


def _footer_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        file.seek(max(0, size - 8))
        tail = file.read(8)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or length > size - 12:
            raise ValueError("no Parquet footer")
        file.seek(size - 8 - length)
        return file.read(length)


class _Compact:
    """Reads values of the compact protocol one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> dict[int, Any]:
        """Field number → value."""
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            step = head >> 4
            number = number + step if step else self._zigzag()
            fields[number] = self._value(head & 15)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind in _INTS:
            return self._zigzag()
        if kind in _LISTS:
            return self._list()
        if kind == _STRUCT:
            return self.struct()
        sizes = {_BYTE: 1, _DOUBLE: 8}
        if kind in sizes:
            return self._take(sizes[kind])
        if kind == _BINARY:
            return self._take(self._varint())
        raise ValueError(f"kind {kind} does not occur in Parquet footers")

    def _list(self) -> list[Any]:
        head = self._byte()
        count, kind = head >> 4, head & 15
        if count == 15:
            count = self._varint()
        if kind in (_TRUE, _FALSE):
            return list(self._take(count))
        return [self._value(kind) for _ in range(count)]

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)

    def _varint(self) -> int:
        result = shift = 0
        while True:
            byte = self._byte()
            result |= (byte & 127) << shift
            if byte < 128:
                return result
            shift += 7

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise ValueError("the footer ends too early")
        taken = self._data[self._at : end]
        self._at = end
        return taken
