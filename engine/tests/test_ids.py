import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem_engine.errors import ArtifactError, UnknownIds
from recotem_engine.ids import IdMap

ids = st.lists(st.text(st.characters(exclude_categories=["Cs"])))


def test_names_the_id_it_does_not_know() -> None:
    with pytest.raises(UnknownIds, match="'8'"):
        IdMap.from_ids(["7"]).row("8")


def test_refuses_a_row_that_does_not_exist() -> None:
    with pytest.raises(IndexError):
        IdMap.from_ids(["7"]).id(-1)
    with pytest.raises(IndexError):
        IdMap.from_ids(["7"]).id(1)


def test_knows_no_id_that_is_no_text() -> None:
    assert IdMap.from_ids(["7"]).get("\ud800") is None


@pytest.mark.parametrize(
    ("blob", "offsets"),
    [(b"abc", [0, 2]), (b"abc", [1, 3]), (b"abc", []), (b"", [0, 3])],
)
def test_refuses_arrays_that_do_not_fit(blob: bytes, offsets: list[int]) -> None:
    arrays = {"blob": np.frombuffer(blob, np.uint8), "offsets": np.array(offsets)}
    with pytest.raises(ArtifactError):
        IdMap.from_arrays(arrays)


@given(ids, ids)
def test_finds_every_id_and_no_other(present: list[str], asked: list[str]) -> None:
    id_map = IdMap.from_ids(present)
    assert len(id_map) == len(set(present))
    for value in asked:
        assert (value in id_map) == (value in present)
        row = id_map.get(value)
        assert row is None or id_map.id(row) == value


@given(ids, ids, st.integers(1, 50))
def test_finds_many_as_it_finds_one(
    present: list[str], asked: list[str], times: int
) -> None:
    id_map = IdMap.from_ids(present)
    one_by_one = [-1 if (row := id_map.get(v)) is None else row for v in asked]
    assert id_map.rows(asked).tolist() == one_by_one
    assert id_map.rows(asked * times).tolist() == one_by_one * times


@given(ids)
def test_survives_the_way_through_its_arrays(present: list[str]) -> None:
    id_map = IdMap.from_ids(present)
    again = IdMap.from_arrays(id_map.arrays())
    assert again.ids(range(len(again))) == id_map.ids(range(len(id_map)))
    assert sorted(set(present)) == again.ids(range(len(again)))
