from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem_engine.errors import DataError
from recotem_engine.times import parse_times

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# below 2001, a number of ms would be a sensible number of seconds
moments = st.lists(
    st.integers(0, 6_000_000_000_000_000).map(
        lambda us: _EPOCH + timedelta(days=12_000, microseconds=us)
    ),
    min_size=1,
    max_size=8,
)


def us(*cells: Any) -> list[int]:
    return parse_times(pl.Series("when", cells)).to_list()


def utc(*parts: int) -> int:
    return (datetime(*parts, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("cells", "row", "example"),
    [
        (["2024-01-01", "soon"], 2, "'soon'"),
        (["2024-02-30"], 1, "'2024-02-30'"),
        (["2024-01-01 24:00"], 1, "24:00"),
        (["2024-01-01 12:60"], 1, "12:60"),
        (["1/1/2024 13:00 PM"], 1, "13:00 PM"),
        (["13/1/2024", "1/14/2024"], 2, "'1/14/2024'"),
        (["1700000000", "17000000x"], 2, "'17000000x'"),
        ([1.0, float("nan")], 2, "'nan'"),
        (["2024-01-01", None], 2, "is empty"),
        (["2024-01-01", ""], 2, "''"),
    ],
)
def test_names_row_and_cell_that_cannot_be_read(
    cells: list[Any], row: int, example: str
) -> None:
    with pytest.raises(DataError) as refusal:
        us(*cells)
    assert refusal.value.code == "time_not_readable"
    for part in ("'when'", f"row {row},", example):
        assert part in str(refusal.value)


def test_refuses_columns_of_other_kinds() -> None:
    with pytest.raises(DataError, match="Boolean"):
        us(True)


def test_orders_slashed_dates_by_time_not_as_text() -> None:
    assert us("9/1/2024", "10/1/2024") == [utc(2024, 9, 1), utc(2024, 10, 1)]


def test_decides_the_order_of_day_and_month_once_for_the_column() -> None:
    assert us("13/1/2024", "10/1/2024") == [utc(2024, 1, 13), utc(2024, 1, 10)]


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("2024-09-01", (2024, 9, 1)),
        ("2024-09-01T13:05:00Z", (2024, 9, 1, 13, 5)),
        ("2024-09-01 13:05", (2024, 9, 1, 13, 5)),
        ("2024-09-01T13:05:07.123456789", (2024, 9, 1, 13, 5, 7, 123456)),
        ("2024-09-01T13:05:07.5+09:00", (2024, 9, 1, 4, 5, 7, 500000)),
        ("2024-09-01T13:05:07-0330", (2024, 9, 1, 16, 35, 7)),
        ("2024/9/1 13:05:07 UTC", (2024, 9, 1, 13, 5, 7)),
        ("9/1/2024 13:05", (2024, 9, 1, 13, 5)),
        ("9/1/2024 12:05 am", (2024, 9, 1, 0, 5)),
        ("9/1/2024 1:05:07 PM", (2024, 9, 1, 13, 5, 7)),
        (" 1725195900 ", (2024, 9, 1, 13, 5)),
        (1725195900.25, (2024, 9, 1, 13, 5, 0, 250000)),
        (date(2024, 9, 1), (2024, 9, 1)),
        (datetime(2024, 9, 1, 13, 5, tzinfo=UTC), (2024, 9, 1, 13, 5)),
        (
            datetime(2024, 9, 1, 13, 5, tzinfo=timezone(timedelta(hours=9))),
            (2024, 9, 1, 4, 5),
        ),
    ],
)
def test_reads_common_forms(cell: Any, parts: tuple[int, ...]) -> None:
    assert us(cell) == [utc(*parts)]
    assert us(cell, cell) == [utc(*parts)] * 2


def test_takes_times_without_zone_as_utc() -> None:
    naive = pl.Series("when", [utc(2024, 9, 1) // 1000]).cast(pl.Datetime("ms"))
    assert parse_times(naive).to_list() == [utc(2024, 9, 1)]


@given(moments, st.sampled_from([1, 1_000, 1_000_000, 1_000_000_000]), st.booleans())
def test_reads_epoch_numbers_of_any_unit_as_numbers_or_text(
    times: list[datetime], per_second: int, as_text: bool
) -> None:
    seconds = [(t - _EPOCH) // timedelta(seconds=1) for t in times]
    cells: list[Any] = [second * per_second for second in seconds]
    if as_text:
        cells = [str(cell) for cell in cells]
    assert us(*cells) == [second * 1_000_000 for second in seconds]


@given(moments, st.sampled_from(["iso", "slashed"]))
def test_keeps_the_order_of_the_moments(times: list[datetime], form: str) -> None:
    if form == "iso":
        parsed = us(*[moment.isoformat() for moment in times])
    else:
        parsed = us(*[f"{t.month}/{t.day}/{t.year} {t.time()}" for t in times])
    by_time = sorted(range(len(times)), key=lambda n: times[n])
    assert sorted(range(len(times)), key=lambda n: parsed[n]) == by_time
