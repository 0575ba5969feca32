"""Who took what, how often, and when last: the input of everything else."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
from scipy import sparse

from recotem_engine.errors import DataError
from recotem_engine.ids import IdMap
from recotem_engine.tables import ReadLimits, column, id_column, read_table
from recotem_engine.times import parse_times
from recotem_engine.types import Csr, Floats, Int32s, Int64s


@dataclass(frozen=True)
class Columns:
    """Names of the columns of an interaction table; an empty time is none."""

    user: str
    item: str
    time: str | None = None

    @property
    def named(self) -> list[str]:
        """User, item and, if there is one, time."""
        return [name for name in (self.user, self.item, self.time) if name]

    @property
    def wanted(self) -> list[str]:
        """Every column that is named, once."""
        return list(dict.fromkeys(self.named))


@dataclass(frozen=True, eq=False)
class Interactions:
    """One entry per distinct pair of user and item, ordered by (user row, item col).

    user_rows, item_cols: int32 (n,); weights: how often the pair occurred, float32
    (n,); times: when last, µs since 1970 UTC, int64 (n,), or None.
    """

    users: IdMap
    items: IdMap
    user_rows: Int32s
    item_cols: Int32s
    weights: Floats
    times: Int64s | None

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.items)

    @property
    def n_events(self) -> int:
        """Rows of the file, repeated pairs counted as often as they occur."""
        return int(self.weights.sum(dtype=np.float64))

    def matrix(self) -> Csr:
        """Weights as users by items, float32."""
        indptr = np.zeros(self.n_users + 1, np.int32)
        np.cumsum(np.bincount(self.user_rows, minlength=self.n_users), out=indptr[1:])
        return sparse.csr_array(
            (self.weights, self.item_cols, indptr), shape=(self.n_users, self.n_items)
        )

    @classmethod
    def from_frame(cls, frame: pl.DataFrame, columns: Columns) -> Self:
        """Count and order the pairs of a table; DataError says what is wrong."""
        for name in columns.wanted:
            column(frame, name)
        if frame.height == 0:
            raise DataError("no_rows", "The file has a header but no rows.")
        return cls._from_columns([frame[name] for name in columns.named], columns)

    @classmethod
    def read(
        cls,
        path: Path | str,
        columns: Columns,
        *,
        name: str | None = None,
        limits: ReadLimits | None = None,
    ) -> Self:
        """Read a table file (formats: see `tables.read_table`)."""
        table = read_table(path, name=name, limits=limits, columns=columns.wanted)
        cells = [table[name] for name in columns.named]
        del table
        return cls._from_columns(cells, columns)

    @classmethod
    def _from_columns(cls, cells: list[pl.Series], columns: Columns) -> Self:
        """Takes the columns out of the list, to let go of each as soon as it is coded:
        as text they take several times the memory of all that is made of them."""
        users, user_rows = _coded(id_column(cells.pop(0).to_frame(), columns.user))
        items, item_cols = _coded(id_column(cells.pop(0).to_frame(), columns.item))
        times = parse_times(cells.pop()).to_numpy() if columns.time else None
        return cls._counted(users, items, _keys(user_rows, item_cols, items), times)

    @classmethod
    def _from_pairs(cls, pairs: pl.DataFrame) -> Self:
        """pairs: user_id, item_id (strings), weight and, maybe, time (int64 µs)."""
        users, user_rows = _coded(pairs["user_id"])
        items, item_cols = _coded(pairs["item_id"])
        times = pairs["time"].to_numpy() if "time" in pairs.columns else None
        keys = _keys(user_rows, item_cols, items)
        return cls._counted(users, items, keys, times, pairs["weight"].to_numpy())

    @classmethod
    def _counted(
        cls,
        users: IdMap,
        items: IdMap,
        keys: Int64s,
        times: Int64s | None,
        weights: Floats | None = None,
    ) -> Self:
        """One entry per distinct key (see `_keys`); without weights each counts 1."""
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        is_first = np.empty(len(keys), bool)
        is_first[:1] = True
        np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        if weights is None:
            summed = np.diff(starts, append=len(keys))
        else:
            summed = np.add.reduceat(weights[order], starts, dtype=np.float64)
        rows, cols = np.divmod(keys[starts], len(items))
        return cls(
            users=users,
            items=items,
            user_rows=rows.astype(np.int32),
            item_cols=cols.astype(np.int32),
            weights=summed.astype(np.float32),
            times=None if times is None else np.maximum.reduceat(times[order], starts),
        )

    def joined(self, other: Self) -> Self:
        """Those of both, as if their rows were of one file.

        Weights add up, and the latest time of a pair counts. DataError column_missing
        if only one of them has times.
        """
        if (self.times is None) != (other.times is None):
            raise DataError(
                "column_missing", "One part of the data has times, the other has none."
            )
        return self._from_pairs(pl.concat([self._pairs(), other._pairs()]))

    def _pairs(self) -> pl.DataFrame:
        """What `_from_pairs` takes."""
        columns = {
            "user_id": _decoded(self.users, self.user_rows),
            "item_id": _decoded(self.items, self.item_cols),
            "weight": pl.Series(self.weights),
        }
        if self.times is not None:
            columns["time"] = pl.Series(self.times)
        return pl.DataFrame(columns)

    def write_columnar(self, path: Path | str) -> None:
        """Parquet with user_id, item_id, weight and, if known, time (UTC)."""
        pairs = self._pairs()
        if self.times is not None:
            utc = pl.Datetime("us", "UTC")
            pairs = pairs.with_columns(pl.col("time").cast(utc))
        pairs.write_parquet(path)

    @classmethod
    def read_columnar(cls, path: Path | str) -> Self:
        """The opposite of `write_columnar`."""
        pairs = pl.read_parquet(path)
        if "time" in pairs.columns:
            pairs = pairs.with_columns(pl.col("time").cast(pl.Int64))
        return cls._from_pairs(pairs)

    def fingerprint(self) -> str:
        """SHA-256 of the content, hexadecimal: equal for equal interactions."""
        digest = sha256()
        parts = [*self.users.arrays().values(), *self.items.arrays().values()]
        parts += [self.user_rows, self.item_cols, self.weights]
        if self.times is not None:
            parts.append(self.times)
        for part in parts:
            digest.update(f"{part.dtype.str}{part.size};".encode())
            digest.update(np.ascontiguousarray(part).data)
        return digest.hexdigest()


def _coded(ids: pl.Series) -> tuple[IdMap, pl.Series]:
    """The map of a column of ids, and the row of each of its values."""
    distinct = ids.unique().sort()
    joined = distinct.str.join("").item().encode()
    id_map = IdMap.from_sorted(joined, distinct.str.len_bytes().to_numpy())
    return id_map, ids.cast(pl.Enum(distinct)).to_physical()


def _keys(user_rows: pl.Series, item_cols: pl.Series, items: IdMap) -> Int64s:
    """One number for each pair, ordered as (user row, item col) are."""
    keys = user_rows.to_numpy().astype(np.int64)
    keys *= len(items)
    keys += item_cols.to_numpy()
    return keys


def _decoded(id_map: IdMap, rows: Int32s) -> pl.Series:
    distinct = pl.Series(id_map.ids(range(len(id_map))), dtype=pl.String)
    return distinct.gather(rows)
