"""Table files of any supported format, read within limits, with clear refusals."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError

from recotem_engine.errors import DataError
from recotem_engine.json_depth import refuse_deep
from recotem_engine.parquet_footer import read_footer
from recotem_engine.text_files import ReadLimits, plain_text

__all__ = ["ReadLimits", "column", "id_column", "read_table"]

_PACKINGS = (".gz", ".gzip", ".zst")
_SUFFIXES = (".csv", ".tsv", ".json", ".ndjson", ".jsonl", ".parquet")
#: A table is lists of objects; cells may have some structure of their own.
_MAX_DEPTH = 32
_CELL_SEPARATORS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True)
class _Request:
    """What of a file is wanted: None means all of its columns."""

    limits: ReadLimits
    columns: Sequence[str] | None


def read_table(
    path: Path | str,
    *,
    name: str | None = None,
    limits: ReadLimits | None = None,
    columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Read a file with at least one row.

    name: the original file name if it differs from that of `path`; its suffix
    decides the format: csv, tsv, json (array of objects), ndjson, jsonl, parquet, all
    but the last also packed (.gz, .gzip, .zst). columns: read only these. Cells of csv
    and tsv files come as text, so that 007 stays 007.
    DataError: see its list of codes.
    """
    path = Path(path)
    suffix, packing = _format(name or path.name)
    request = _Request(limits or ReadLimits(), columns)
    if path.stat().st_size == 0:
        raise DataError("empty_file", "The file is empty.")
    if suffix == ".parquet":
        frame = _read_parquet(path, request)
    else:
        frame = _read_text(path, suffix, packing, request)
    return _checked(frame, request)


def column(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column by its name; DataError column_missing lists those there are."""
    _require(frame.columns, [name])
    return frame[name]


def id_column(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column of external ids as text: 12 and 12.0 both are "12".

    DataError null_ids if a cell is empty, cannot_parse if it holds no ids at all.
    """
    values = column(frame, name)
    try:
        ids = _as_text(values)
    except PolarsError as error:
        raise DataError(
            "cannot_parse", f"Column {name!r} holds {values.dtype}, not ids."
        ) from error
    empty = ids.is_null() | (ids == "")
    if empty.any():
        raise DataError(
            "null_ids",
            f"Column {name!r} is empty in {empty.sum()} of {len(ids)} rows, first in "
            f"row {(empty.arg_max() or 0) + 1}. Every row needs an id.",
        )
    return ids.rename(name)


def _as_text(values: pl.Series) -> pl.Series:
    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        is_whole = whole.cast(pl.Float64) == values
        text = values.fill_nan(None).cast(pl.String)
        return whole.cast(pl.String).zip_with(is_whole.fill_null(value=False), text)
    text = values.cast(pl.String)
    is_decimal = values.dtype.is_decimal() or values.dtype == pl.String
    if is_decimal and text.str.contains(r"^-?\d+\.0+$").all():
        return text.str.replace(r"\.0+$", "")
    return text


def _format(name: str) -> tuple[str, str]:
    """Suffix of the format and of the packing ("" for none) of a file name."""
    lower = name.lower()
    packing = next((ending for ending in _PACKINGS if lower.endswith(ending)), "")
    suffix = Path(lower.removesuffix(packing)).suffix
    if suffix not in _SUFFIXES or (packing and suffix == ".parquet"):
        raise DataError(
            "unsupported_suffix",
            f"The file name {name!r} must end in one of {', '.join(_SUFFIXES)}; all "
            f"but the last may be packed ({', '.join(_PACKINGS)}).",
        )
    return suffix, packing


def _require(present: Sequence[str], wanted: Sequence[str]) -> None:
    for name in wanted:
        if name not in present:
            shown = ", ".join(map(repr, present[:20]))
            more = ", …" if len(present) > 20 else ""
            raise DataError(
                "column_missing",
                f"There is no column {name!r} in the file. It has: {shown}{more}.",
            )


def _refuse_repeated(header: Sequence[str]) -> None:
    """Columns without a name may be many: nobody asks for one of them."""
    counts = Counter(filter(None, header))
    if repeated := [name for name, count in counts.items() if count > 1]:
        raise DataError(
            "duplicate_column",
            f"The file has {counts[repeated[0]]} columns named {repeated[0]!r}.",
        )


def _checked(frame: pl.DataFrame, request: _Request) -> pl.DataFrame:
    _check_width(len(frame.columns), request.limits)
    if request.columns is not None:
        _require(frame.columns, request.columns)
        frame = frame.select(list(dict.fromkeys(request.columns)))
    if frame.height == 0:
        raise DataError("no_rows", "The file has no rows of data.")
    for values in frame.select(pl.col(pl.String, pl.Binary)).iter_columns():
        sizes = (
            values.str.len_bytes() if values.dtype == pl.String else values.bin.size()
        )
        _check_cells(values.name, sizes, request.limits)
    return frame


def _check_cells(name: str, sizes: pl.Series, limits: ReadLimits) -> None:
    too_long = sizes > limits.max_cell_bytes
    if too_long.any():
        raise DataError(
            "cell_too_long",
            f"Column {name!r} is longer than {limits.max_cell_bytes:,} bytes in row "
            f"{(too_long.arg_max() or 0) + 1}.",
        )


def _check_width(n_columns: int, limits: ReadLimits) -> None:
    if n_columns > limits.max_columns:
        raise DataError(
            "too_many_columns",
            f"The file has {n_columns:,} columns; the limit is {limits.max_columns:,}.",
        )


def _read_text(
    path: Path, suffix: str, packing: str, request: _Request
) -> pl.DataFrame:
    bounded = suffix != ".json"
    with plain_text(path, packing, request.limits, bound_lines=bounded) as (file, scan):
        if separator := _CELL_SEPARATORS.get(suffix):
            return _read_cells(
                file, separator, request, has_blank_lines=scan.has_blank_lines
            )
        refuse_deep(file, _MAX_DEPTH)
        if suffix == ".json" and _first_character(file) == "[":
            return _or_refuse(lambda: _read_json(file), lambda: _json_fault(file))
        return _or_refuse(
            lambda: pl.read_ndjson(file, infer_schema_length=None),
            lambda: _ndjson_fault(file),
        )


def _or_refuse[T](read: Callable[[], T], find_fault: Callable[[], str]) -> T:
    try:
        return read()
    except (PolarsError, PanicException, OverflowError) as error:
        raise DataError("cannot_parse", find_fault()) from error


def _read_cells(
    file: Path, separator: str, request: _Request, *, has_blank_lines: bool
) -> pl.DataFrame:
    header = _header(file, separator)
    _check_width(len(header), request.limits)
    _refuse_repeated(header)
    _require(header, request.columns or [])
    # To tell a blank line from a row without ids, all of its cells are needed.
    columns = None if has_blank_lines else request.columns
    frame = _or_refuse(
        lambda: pl.read_csv(
            file,
            separator=separator,
            infer_schema=False,
            columns=list(dict.fromkeys(columns)) if columns else None,
        ),
        lambda: _cells_fault(file, separator, len(header)),
    )
    if has_blank_lines:
        frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
    return frame


def _header(file: Path, separator: str) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        filled = (line for line in lines if line.strip("\r\n"))
        try:
            return next(csv.reader(filled, delimiter=separator))
        except (csv.Error, StopIteration) as error:
            raise DataError(
                "cannot_parse", "Line 1 is not a header with column names."
            ) from error


def _cells_fault(file: Path, separator: str, width: int) -> str:
    """Where a csv file breaks its own form, as a sentence."""
    start = 1
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        try:
            for row in reader:
                if len(row) > width:
                    return (
                        f"Line {start} has {len(row)} cells, but the header has "
                        f"{width}."
                    )
                start = reader.line_num + 1
        except csv.Error as error:
            return f"Line {start} cannot be parsed: {error}."
    return "The file cannot be parsed as a table with one row per line."


def _read_json(file: Path) -> pl.DataFrame:
    return pl.read_json(file, infer_schema_length=None)


def _first_character(file: Path) -> str:
    with file.open(encoding="utf-8-sig") as text:
        while piece := text.read(4096):
            if stripped := piece.lstrip():
                return stripped[0]
    return ""


def _json_fault(file: Path) -> str:
    try:
        json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return f"Line {line} is not valid JSON: {error}."
    return "The file is not a JSON array of objects with one type per column."


def _ndjson_fault(file: Path) -> str:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                is_object = not line.strip() or isinstance(json.loads(line), dict)
            except (ValueError, RecursionError):
                is_object = False
            if not is_object:
                return f"Line {number} is not a JSON object."
    return "The lines of the file do not have one type per column."


def _read_parquet(path: Path, request: _Request) -> pl.DataFrame:
    footer = read_footer(path)
    broken = "The file is not a readable Parquet file."
    names = list(_or_refuse(lambda: pl.read_parquet_schema(path), lambda: broken))
    _check_width(len(names), request.limits)
    wanted = list(dict.fromkeys(request.columns or names))
    _require(names, wanted)
    # Packed columns may repeat one value for ever: count the cells as well.
    size = max(footer.unpacked_bytes, footer.n_rows * len(wanted) * 8)
    if size > request.limits.max_unpacked_bytes:
        raise DataError(
            "unpacked_too_large",
            f"The file is {size:,} bytes once unpacked; the limit is "
            f"{request.limits.max_unpacked_bytes:,}.",
        )
    return _or_refuse(
        lambda: pl.read_parquet(path, columns=wanted),
        lambda: broken,
    )
