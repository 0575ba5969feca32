import gzip
import io
import json
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from recotem_engine import json_depth
from recotem_engine.errors import DataError
from recotem_engine.json_depth import refuse_deep
from recotem_engine.tables import ReadLimits, id_column, read_table

AS_JSON = json.dumps(
    [
        {"user": "007", "item": "a", "note": "x"},
        {"user": "12", "item": "b", "note": "y"},
    ]
).encode()
# Without a time stamp in it, so that two processes name their tests alike.
gzipped = partial(gzip.compress, mtime=0)
ROWS = b"user,item,note\n007,a,x\n12,b,y\n"


@pytest.fixture
def write(tmp_path: Path):
    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def refusal(path: Path, **options) -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(path, **options)
    return caught.value


BAD = [
    ("t.csv", b"", "empty_file", "empty"),
    ("t.csv", b"\n \r\n", "empty_file", "empty"),
    ("t.csv.gz", b"", "empty_file", "empty"),
    ("t.csv.gz", gzipped(b""), "empty_file", "empty"),
    ("t.xlsx", ROWS, "unsupported_suffix", "'t.xlsx'"),
    ("csv", ROWS, "unsupported_suffix", "'csv'"),
    ("t.parquet.gz", ROWS, "unsupported_suffix", ".parquet"),
    ("t.csv", b"user,item\n", "no_rows", "no rows"),
    ("t.json", b"[]", "no_rows", "no rows"),
    ("t.csv", b"a,b,a\n1,2,3\n", "duplicate_column", "2 columns named 'a'"),
    ("t.csv", b"a,b\n1,2\n3,4,5\n", "cannot_parse", "Line 3 has 3 cells"),
    ("t.csv", b'a,b\n1,2\n"3,4\n', "cannot_parse", "Line 3"),
    ("t.csv", b"a,b\n1,\xe9t\xe9\n", "cannot_parse", "Line 2 is not UTF-8"),
    ("t.csv", "a,b\n1,2\n".encode("utf-16"), "cannot_parse", "Line 1 is not UTF-8"),
    ("t.csv", b"a,b\n1,\0\n", "cannot_parse", "Line 2 holds a zero byte"),
    ("t.csv", bytes(range(256)) * 40, "cannot_parse", "Line 2 is not UTF-8"),
    ("t.csv.gz", gzipped(ROWS)[:-9], "cannot_parse", "cannot be unpacked"),
    ("t.csv.gz", ROWS, "cannot_parse", "cannot be unpacked"),
    ("t.csv.zst", ROWS, "cannot_parse", "cannot be unpacked"),
    ("t.csv.zst", zstandard.compress(ROWS)[:-4], "cannot_parse", "cannot be unpacked"),
    ("t.json", b'[{"a": 1},\n{]', "cannot_parse", "Line 2"),
    ("t.json", b"[1, 2]", "cannot_parse", "array of objects"),
    ("t.json", b"7", "cannot_parse", "Line 1"),
    ("t.ndjson", b'{"a": 1}\n{"a": }\n', "cannot_parse", "Line 2"),
    ("t.jsonl", b'{"a": 1}\n[1]\n', "cannot_parse", "Line 2"),
    ("t.parquet", b"PAR1 nothing PAR1", "cannot_parse", "Parquet"),
    ("t.parquet", ROWS, "cannot_parse", "Parquet"),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), BAD)
def test_says_what_is_wrong_and_where(
    write, name: str, content: bytes, code: str, words: str
) -> None:
    error = refusal(write(name, content))
    assert error.code == code
    assert words in str(error)


def test_names_the_missing_column_and_those_there_are(write) -> None:
    for path in (
        write("t.csv", ROWS),
        write("t.parquet", parquet(pl.DataFrame({"user": [1], "item": [2]}))),
        write("t.ndjson", b'{"user": 1, "item": 2}\n'),
    ):
        error = refusal(path, columns=["user", "when"])
        assert error.code == "column_missing"
        assert "'when'" in str(error)
        assert "'user', 'item'" in str(error)


def test_shows_a_file_with_another_separator_as_one_column(write) -> None:
    error = refusal(write("t.csv", b"user;item\n1;2\n"), columns=["user"])
    assert error.code == "column_missing"
    assert "'user;item'" in str(error)


def test_refuses_wide_tables_before_reading_them(write) -> None:
    wide = ",".join(f"c{n}" for n in range(50)).encode()
    limits = ReadLimits(max_columns=10)
    for path in (
        write("t.csv", wide + b"\n" + wide),
        write("t.json", json.dumps([{f"c{n}": n for n in range(50)}]).encode()),
        write("t.parquet", parquet(pl.DataFrame({f"c{n}": [n] for n in range(50)}))),
    ):
        error = refusal(path, limits=limits)
        assert error.code == "too_many_columns"
        assert "50 columns" in str(error)


def test_refuses_long_lines_and_cells(write) -> None:
    long = "x" * 500
    limits = ReadLimits(max_cell_bytes=100)
    for path in (
        write("t.csv", f"a,b\n1,2\n1,{long}\n".encode()),
        write("t.csv.gz", gzipped(f"a\n1\n{long}".encode())),
        write("t.json", json.dumps([{"a": long}]).encode()),
        write("t.parquet", parquet(pl.DataFrame({"a": [long]}))),
    ):
        assert refusal(path, limits=limits).code == "cell_too_long"


@pytest.mark.parametrize("packing", [".gz", ".zst"])
def test_stops_unpacking_a_bomb_at_the_limit(
    write, packing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compress = gzipped if packing == ".gz" else zstandard.compress
    part = compress(b"1,2\n" * 2_500_000)
    path = write(f"bomb.csv{packing}", part * 1000)
    written = 0

    class CountingFile:
        name = str(tmp_path / "unused")

        def __init__(self, **options) -> None: ...
        def __enter__(self):
            return self

        def __exit__(self, *error) -> None: ...
        def write(self, chunk: bytes) -> None:
            nonlocal written
            written += len(chunk)

    monkeypatch.setattr("recotem_engine.text_files.NamedTemporaryFile", CountingFile)
    error = refusal(path, limits=ReadLimits(max_unpacked_bytes=30_000_000))
    assert error.code == "unpacked_too_large"
    assert "30,000,000" in str(error)
    assert written <= 30_000_000


def test_refuses_parquet_that_repeats_one_value_for_ever(write) -> None:
    frame = pl.DataFrame({"a": ["x"]}).select(
        pl.col("a").repeat_by(1_000_000).explode()
    )
    path = write("t.parquet", parquet(frame))
    assert path.stat().st_size < 100_000
    assert read_table(path).height == 1_000_000
    error = refusal(path, limits=ReadLimits(max_unpacked_bytes=1_000_000))
    assert error.code == "unpacked_too_large"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("my.data.v2.csv", ROWS),
        ("it's “déjà” 'vu'.CSV", b"\xef\xbb\xbf" + ROWS.replace(b"\n", b"\r\n")),
        ("t.tsv", ROWS.replace(b",", b"\t")),
        ("t.csv", b"\n\n" + ROWS.replace(b"12", b"\n12") + b"\n\r\n"),
        ("t.csv.gz", gzipped(ROWS[:20]) + gzipped(ROWS[20:])),
        ("t.csv.gzip", gzipped(ROWS)),
        ("t.csv.zst", zstandard.compress(ROWS[:20]) + zstandard.compress(ROWS[20:])),
        ("t.json", b"\n" + AS_JSON),
        ("t.ndjson.gz", gzipped(AS_JSON[1:-1].replace(b"}, ", b"}\n\n"))),
    ],
)
def test_reads_every_form_of_the_same_table(write, name: str, content: bytes) -> None:
    table = read_table(write("stored", content), name=name)
    expected = {"user": ["007", "12"], "item": ["a", "b"], "note": ["x", "y"]}
    assert table.to_dict(as_series=False) == expected


def test_reads_parquet_and_only_the_wanted_columns(write) -> None:
    frame = pl.DataFrame({"user": [7, 12], "item": ["a", "b"], "note": [None, "y"]})
    path = write("t.parquet", parquet(frame))
    assert read_table(path, columns=["item", "user"]).columns == ["item", "user"]
    assert read_table(path).equals(frame)


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ([7, 12], ["7", "12"]),
        ([7.0, 12.0], ["7", "12"]),
        ([7.0, 12.5], ["7", "12.5"]),
        (["007", "12"], ["007", "12"]),
        (["7.0", "12.0"], ["7", "12"]),
        (["7.0", "12.5"], ["7.0", "12.5"]),
        ([b"a", b"b"], ["a", "b"]),
    ],
)
def test_writes_ids_as_people_do(values: list[object], ids: list[str]) -> None:
    assert id_column(pl.DataFrame({"id": values}), "id").to_list() == ids


@pytest.mark.parametrize(
    "values", [["a", None, "b"], ["a", "", ""], [1.0, float("nan")], [1, None]]
)
def test_refuses_rows_without_id(values: list[object]) -> None:
    with pytest.raises(DataError, match=r"'id' is empty .* row 2") as caught:
        id_column(pl.DataFrame({"id": values}), "id")
    assert caught.value.code == "null_ids"


def test_refuses_lists_as_ids() -> None:
    with pytest.raises(DataError) as caught:
        id_column(pl.DataFrame({"id": [[1], [2]]}), "id")
    assert caught.value.code == "cannot_parse"


def test_columns_without_a_name_may_be_many(write) -> None:
    table = read_table(
        write("t.csv", b"user,item,,\n1,2,x,y\n"), columns=["user", "item"]
    )
    assert table.rows() == [("1", "2")]


@given(
    st.recursive(
        st.text('a[]{}"\\\n', max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
        max_leaves=30,
    ),
    st.integers(1, 6),
)
def test_the_depth_of_json_is_what_a_parser_says(value, limit):
    def depth(value):
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(value, str):
            return 0
        return 1 + max(map(depth, inner), default=0)

    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(value, file, ensure_ascii=False)
        file.flush()
        if depth(value) > limit:
            with pytest.raises(DataError, match=f"more than {limit} levels"):
                refuse_deep(Path(file.name), limit)
        else:
            refuse_deep(Path(file.name), limit)


@pytest.mark.parametrize("suffix", [".json", ".ndjson"])
def test_deep_json_is_refused_before_it_is_built(suffix, tmp_path):
    path = tmp_path / f"deep{suffix}"
    row = '{"user": "a", "deep": ' + "[" * 1000 + "]" * 1000 + "}"
    path.write_text(f"[{row}]" if suffix == ".json" else row)
    with pytest.raises(DataError) as refused:
        read_table(path)
    assert refused.value.code == "too_deep"


@pytest.mark.parametrize("split", range(1, 12))
def test_an_escape_may_be_cut_anywhere(split, tmp_path, monkeypatch):
    monkeypatch.setattr(json_depth, "_CHUNK", split)
    path = tmp_path / "cut.json"
    path.write_text('[{"a": "\\\\", "b": "\\"[[[[", "c": "\\\\\\"{{{{"}]')
    refuse_deep(path, 2)
