from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem_engine.errors import DataError
from recotem_engine.interactions import Columns, Interactions
from recotem_engine.testing import interactions_of

COLUMNS = Columns("user", "item", "when")
pairs = st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), min_size=1)


def frame(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"user": ["1"]}, "column_missing"),
        ({"user": ["1"], "item": ["a"]}, "column_missing"),
        ({"user": [None], "item": ["a"], "when": [1]}, "null_ids"),
        ({"user": ["1"], "item": [""], "when": [1]}, "null_ids"),
        ({"user": ["1"], "item": ["a"], "when": ["soon"]}, "time_not_readable"),
        ({"user": [], "item": [], "when": []}, "no_rows"),
    ],
)
def test_refuses_tables_that_are_no_interactions(
    columns: dict[str, list[object]], code: str
) -> None:
    with pytest.raises(DataError) as caught:
        Interactions.from_frame(frame(**columns), COLUMNS)
    assert caught.value.code == code


def test_counts_repeated_pairs_and_keeps_their_latest_time() -> None:
    table = frame(
        user=["b", "a", "b", "b"],
        item=["y", "y", "y", "x"],
        when=["2024-01-03", "2024-01-01", "2024-01-05", "2024-01-02"],
    )
    log = Interactions.from_frame(table, COLUMNS)
    assert log.n_events == 4
    assert (log.n_users, log.n_items) == (2, 2)
    assert log.matrix().toarray().tolist() == [[0, 1], [1, 2]]
    days = (log.times // 86_400_000_000 - 19_722).tolist()
    assert list(zip(log.user_rows, log.item_cols, days, strict=True)) == [
        (0, 1, 1),
        (1, 0, 2),
        (1, 1, 5),
    ]


@pytest.mark.parametrize("time", [None, ""])
def test_does_without_times(time: str | None) -> None:
    table = frame(user=[3], item=[7.0])
    log = Interactions.from_frame(table, Columns("user", "item", time))
    assert log.times is None
    assert (log.users.id(0), log.items.id(0)) == ("3", "7")


def test_reads_a_file_and_keeps_ids_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("user,item,when\n007,a,1700000000\n7,a,1700000001\n")
    log = Interactions.read(path, COLUMNS, name="my.log.csv")
    assert log.users.ids(range(2)) == ["007", "7"]
    assert log.times is not None


def test_one_column_file_misses_the_other(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("user\n1\n2\n")
    with pytest.raises(DataError, match="no column 'item'"):
        Interactions.read(path, COLUMNS)


@given(pairs)
def test_matrix_counts_every_pair(given_pairs: list[tuple[str, str]]) -> None:
    log = interactions_of(given_pairs)
    matrix = log.matrix()
    for user, item in given_pairs:
        count = matrix[log.users.row(user), log.items.row(item)]
        assert count == given_pairs.count((user, item))
    assert log.n_events == len(given_pairs)
    keys = log.user_rows.astype(np.int64) * log.n_items + log.item_cols
    assert (np.diff(keys) > 0).all()


def test_columnar_copy_holds_the_same(tmp_path: Path) -> None:
    timed = interactions_of([("b", "y"), ("a", "y"), ("b", "y"), ("b", "é'x")])
    plain = Interactions.from_frame(
        frame(user=["b"], item=["x"]), Columns("user", "item")
    )
    for log in (timed, plain):
        log.write_columnar(tmp_path / "log.parquet")
        again = Interactions.read_columnar(tmp_path / "log.parquet")
        assert again.fingerprint() == log.fingerprint()
        assert again.n_events == log.n_events


def test_fingerprint_tells_contents_apart_and_not_the_order_of_rows() -> None:
    table = frame(user=["a", "b"], item=["x", "y"], when=[1_700_000_000, 1_700_000_001])
    log = Interactions.from_frame(table, COLUMNS)
    turned = Interactions.from_frame(table.reverse(), COLUMNS)
    assert turned.fingerprint() == log.fingerprint()
    other = Interactions.from_frame(table.with_columns(item=pl.lit("x")), COLUMNS)
    untimed = Interactions.from_frame(table, Columns("user", "item"))
    assert len({each.fingerprint() for each in (log, other, untimed)}) == 3


rows = st.tuples(
    st.sampled_from(["a", "b", "007", "é"]),
    st.sampled_from(["x", "y", "z"]),
    st.integers(1_600_000_000, 1_700_000_000),
)
tables = st.lists(rows, min_size=1, max_size=12)


def log_of(lines: list[tuple[str, str, int]], time: str | None) -> Interactions:
    table = pl.DataFrame(lines, schema=["user", "item", "when"], orient="row")
    return Interactions.from_frame(table, Columns("user", "item", time))


@given(tables, tables, st.sampled_from(["when", None]))
def test_joined_logs_are_the_log_of_the_joined_rows(
    first: list[tuple[str, str, int]],
    second: list[tuple[str, str, int]],
    time: str | None,
) -> None:
    joined = log_of(first, time).joined(log_of(second, time))
    whole = log_of([*first, *second], time)
    assert joined.fingerprint() == whole.fingerprint()
    assert joined.n_events == len(first) + len(second)


def test_logs_with_and_without_times_do_not_join() -> None:
    log = [("a", "x", 1_700_000_000)]
    with pytest.raises(DataError) as caught:
        log_of(log, "when").joined(log_of(log, None))
    assert caught.value.code == "column_missing"
