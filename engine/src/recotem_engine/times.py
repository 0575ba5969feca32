"""Columns of points in time, in any common form, to µs since 1970 UTC.

Read: date and datetime columns (without zone: UTC); numbers as seconds, ms, µs or ns
since 1970, the unit decided once by the column's largest value; ISO 8601, date only
included, with or without zone; and slashed dates such as 9/1/2024 13:05. These are
month first, unless some first number of the column is above 12: then all of the
column is day first. Nothing is ever ordered as text.
"""

from typing import TYPE_CHECKING

import polars as pl

from recotem_engine.errors import DataError

if TYPE_CHECKING:
    from polars.expr.struct import ExprStructNameSpace

_DAY_US = 86_400_000_000
_SLICE = 1_000_000

_NUMBER = r"^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$"
_CLOCK = (
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])[Mm])?"
    r" ?(?:[Zz]|UTC|GMT|"
    r"(?P<sign>[+-])(?P<ahead_hours>\d{2})(?::?(?P<ahead_minutes>\d{2}))?)?)?$"
)
_ISO = r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})" + _CLOCK
_MONTH_FIRST = r"^(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})" + _CLOCK
_DAY_FIRST = r"^(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})" + _CLOCK

# by the length of the cell, which the clock of the library does not check itself
_PLAIN_FORMS = {
    10: ("%Y-%m-%d",),
    19: ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"),
}


def parse_times(values: pl.Series) -> pl.Series:
    """µs since 1970 UTC, int64, same order and length.

    DataError time_not_readable names the column, the row and an example cell.
    """
    if values.null_count() == len(values) > 0:
        raise _unreadable(values, 0)
    kind = values.dtype
    if kind == pl.Date:
        return values.cast(pl.Datetime("us")).cast(pl.Int64)
    if isinstance(kind, pl.Datetime):
        return _complete(values.cast(pl.Datetime("us", kind.time_zone)), values)
    if kind.is_numeric():
        return _from_numbers(values, values)
    if kind in (pl.String, pl.Categorical, pl.Enum):
        return _from_texts(values.cast(pl.String).str.strip_chars(), values)
    raise DataError(
        "time_not_readable",
        f"Column {values.name!r} holds {kind}, which is not a point in time.",
    )


def _complete(parsed: pl.Series, values: pl.Series) -> pl.Series:
    """Refuse the first row that could not be read."""
    unread = parsed.is_null()
    if unread.any():
        raise _unreadable(values, unread.arg_max() or 0)
    return parsed.cast(pl.Int64)


def _unreadable(values: pl.Series, row: int) -> DataError:
    cell = values[row]
    what = "is empty" if cell is None else f"holds {str(cell)[:80]!r}"
    return DataError(
        "time_not_readable",
        f"Column {values.name!r} {what} in row {row + 1}, which is not a point in "
        "time. Use ISO 8601 (2024-09-01T13:05:00Z) or seconds since 1970.",
    )


def _from_numbers(numbers: pl.Series, values: pl.Series) -> pl.Series:
    if not numbers.dtype.is_integer():
        numbers = numbers.cast(pl.Float64)
        numbers = numbers.set(~numbers.is_finite(), None)
    else:
        numbers = numbers.cast(pl.Int64, strict=False)
    per_us, us_per = _unit(numbers)
    if numbers.dtype == pl.Int64:
        scaled = numbers * us_per if per_us == 1 else numbers // per_us
    else:
        scaled = (numbers * (us_per / per_us)).round().cast(pl.Int64, strict=False)
    return _complete(scaled, values)


def _unit(numbers: pl.Series) -> tuple[int, int]:
    """How many of the column's units make a µs, and how many µs make a unit."""
    sizes = numbers.cast(pl.Float64).abs().to_frame()
    largest = sizes.select(pl.all().max()).item() or 0.0
    for limit, us in ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1)):
        if largest < limit:
            return 1, us
    return 1_000, 1


def _from_texts(texts: pl.Series, values: pl.Series) -> pl.Series:
    if 2 * texts.str.contains(_NUMBER).sum() >= len(texts) > 0:
        numbers = texts.cast(pl.Int64, strict=False)
        if numbers.null_count() > 0:
            numbers = texts.cast(pl.Float64, strict=False)
        return _from_numbers(numbers, values)
    first = texts.str.extract(r"^(\d{1,2})/\d{1,2}/").cast(pl.Int8)
    slashed = _DAY_FIRST if (first > 12).any() else _MONTH_FIRST
    starts = range(0, len(texts), _SLICE)
    parts = [_from_calendar(texts.slice(start, _SLICE), slashed) for start in starts]
    return _complete(pl.concat(parts), values) if parts else texts.cast(pl.Int64)


def _from_calendar(texts: pl.Series, slashed: str) -> pl.Series:
    """The plain forms at full speed; if some cell has another one, by patterns."""
    length = texts.str.len_bytes()
    if (length == length[0]).all():
        for form in _PLAIN_FORMS.get(length[0], ()):
            plain = texts.str.to_datetime(form, time_unit="us", strict=False)
            if plain.null_count() == 0:
                return plain.cast(pl.Int64)
    read = pl.coalesce(_calendar(_ISO), _calendar(slashed))
    return texts.to_frame("cell").select(read).to_series()


def _calendar(pattern: str) -> pl.Expr:
    """µs of the column `cell` by a pattern of named groups, null where it fails."""
    groups = pl.col("cell").str.extract_groups(pattern).struct
    day = pl.concat_str(
        groups.field("year"), groups.field("month"), groups.field("day"), separator="-"
    ).str.to_date("%Y-%m-%d", strict=False)
    fraction = groups.field("fraction").fill_null("0").str.pad_end(6, "0")
    minute, second = _number(groups.field("minute")), _number(groups.field("second"))
    clock = (
        (_hour(groups) * 3600 + minute * 60 + second) * 1_000_000
        + _number(fraction.str.head(6))
        - _ahead_us(groups)
    )
    valid = (minute < 60) & (second < 60)
    return pl.when(valid).then(day.cast(pl.Int64) * _DAY_US + clock)


def _number(text: pl.Expr) -> pl.Expr:
    return text.cast(pl.Int64).fill_null(0)


def _hour(groups: "ExprStructNameSpace") -> pl.Expr:
    """Hour of the day 0…23, null for one that no clock shows."""
    hour, half = _number(groups.field("hour")), groups.field("half").str.to_uppercase()
    later = pl.when(half == "P").then(12).otherwise(0)
    of_half = pl.when((hour >= 1) & (hour <= 12)).then(hour % 12 + later)
    return pl.when(half.is_not_null()).then(of_half).when(hour < 24).then(hour)


def _ahead_us(groups: "ExprStructNameSpace") -> pl.Expr:
    """µs ahead of UTC; 0 for Z and for no zone."""
    minutes = _number(groups.field("ahead_hours")) * 60
    minutes += _number(groups.field("ahead_minutes"))
    sign = pl.when(groups.field("sign") == "-").then(-1).otherwise(1)
    return sign * minutes * 60_000_000
