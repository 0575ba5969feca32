"""External ids (strings) to rows 0…n-1 and back, held in two flat arrays."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import log2
from typing import Self

import numpy as np
import numpy.typing as npt

from recotem_engine.errors import ArtifactError, UnknownIds
from recotem_engine.types import AnyArray, Int64s, Ints


class IdMap:
    """Sorted, unique ids; row = position in the order of their UTF-8 bytes.

    blob: the ids' bytes one after another, uint8; offsets: int64 (n + 1), where each
    begins and the last one ends. Both may be views of a mapped file: nothing is built
    when a map is opened, an id is found by bisection.
    """

    def __init__(self, blob: npt.NDArray[np.uint8], offsets: Int64s) -> None:
        self._blob = np.ascontiguousarray(blob, dtype=np.uint8)
        self._offsets = np.ascontiguousarray(offsets, dtype=np.int64)
        self._bytes = memoryview(self._blob)
        self._bounds = memoryview(self._offsets)

    @classmethod
    def from_ids(cls, ids: Iterable[str]) -> Self:
        encoded = sorted({value.encode() for value in ids})
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        return cls.from_sorted(b"".join(encoded), lengths)

    @classmethod
    def from_sorted(cls, joined: bytes, lengths: Ints) -> Self:
        """From ids that are sorted and unique already: their bytes, joined."""
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return cls(np.frombuffer(joined, np.uint8), offsets)

    @classmethod
    def from_arrays(cls, arrays: dict[str, AnyArray]) -> Self:
        """The opposite of `arrays`; ArtifactError if they do not fit together."""
        blob, offsets = arrays["blob"], arrays["offsets"]
        fits = (
            blob.dtype == np.uint8
            and offsets.dtype == np.int64
            and blob.ndim == offsets.ndim == 1
            and len(offsets) > 0
            and offsets[0] == 0
            and offsets[-1] == len(blob)
        )
        if not fits:
            raise ArtifactError(
                "artifact_damaged", "The id table of the model does not fit together."
            )
        return cls(blob.view(np.uint8), offsets.view(np.int64))

    def arrays(self) -> dict[str, AnyArray]:
        return {"blob": self._blob, "offsets": self._offsets}

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __contains__(self, value: str) -> bool:
        return self.get(value) is not None

    def get(self, value: str) -> int | None:
        """Row of an id, None if it is not in the map."""
        wanted = value.encode(errors="surrogatepass")
        row = bisect_left(range(len(self)), wanted, key=self._encoded)
        return row if row < len(self) and self._encoded(row) == wanted else None

    def row(self, value: str) -> int:
        """Row of an id; UnknownIds if it is not in the map."""
        row = self.get(value)
        if row is None:
            raise UnknownIds(f"The id {value!r} is not known to this model.")
        return row

    def rows(self, values: Sequence[str]) -> Int64s:
        """Rows of many ids, int64 (n,), -1 for those not in the map."""
        if len(values) * log2(len(self) + 2) < len(self):
            found = (self.get(value) for value in values)
            rows = (-1 if row is None else row for row in found)
        else:  # so many that one pass over the whole map is cheaper
            known = {self._encoded(row): row for row in range(len(self))}
            rows = (known.get(v.encode(errors="surrogatepass"), -1) for v in values)
        return np.fromiter(rows, np.int64, len(values))

    def id(self, row: int) -> str:
        return self._encoded(row).decode()

    def ids(self, rows: Ints | Sequence[int] | range) -> list[str]:
        positions = np.asarray(rows, np.int64)
        if len(positions) and positions.min() < 0:
            raise IndexError(positions.min())
        starts = self._offsets[positions].tolist()
        ends = self._offsets[positions + 1].tolist()
        text = self._bytes
        return [
            str(text[start:end], "utf-8")
            for start, end in zip(starts, ends, strict=True)
        ]

    def _encoded(self, row: int) -> bytes:
        if row < 0:
            raise IndexError(row)
        return bytes(self._bytes[self._bounds[row] : self._bounds[row + 1]])
