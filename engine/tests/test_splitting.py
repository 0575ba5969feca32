"""Splits: nothing leaks, every setting is read, the same seed gives the same parts."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem_engine.errors import ConfigError
from recotem_engine.interactions import Columns, Interactions
from recotem_engine.splitting import HoldOut, Split, SplitSpec, split
from recotem_engine.testing import block_interactions

type Pair = tuple[int, int]
type Row = tuple[str, str, int]

_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from([f"i{n}" for n in range(12)]),
        st.integers(1_600_000_000, 1_600_000_050),
    ),
    min_size=1,
    max_size=60,
)
_SPECS = st.builds(
    SplitSpec,
    scheme=st.sampled_from(["RG", "TG", "TU"]),
    heldout_ratio=st.floats(0.05, 0.9),
    n_heldout=st.none() | st.integers(1, 4),
    test_user_ratio=st.floats(0.1, 1.0),
    n_test_users=st.none() | st.integers(1, 3),
    random_seed=st.integers(0, 99),
)


def interactions(rows: list[Row], *, with_times: bool = True) -> Interactions:
    frame = pl.DataFrame(rows, schema=["user", "item", "time"], orient="row")
    columns = Columns("user", "item", "time" if with_times else None)
    return Interactions.from_frame(frame, columns)


def times_of(data: Interactions) -> dict[Pair, int]:
    assert data.times is not None
    keys = zip(data.user_rows.tolist(), data.item_cols.tolist(), strict=True)
    return dict(zip(keys, data.times.tolist(), strict=True))


def train_pairs(parts: Split) -> set[Pair]:
    return set(zip(*(axis.tolist() for axis in parts.train.nonzero()), strict=True))


def held_pairs(held: HoldOut) -> set[Pair]:
    rows, cols = held.truth.nonzero()
    return set(zip(held.users[rows].tolist(), cols.tolist(), strict=True))


@pytest.mark.parametrize(
    "settings",
    [
        {"scheme": "XX"},
        {"heldout_ratio": 0.0},
        {"heldout_ratio": 1.0},
        {"n_heldout": 0},
        {"test_user_ratio": 0.0},
        {"test_user_ratio": 1.1},
        {"n_test_users": -1},
        {"random_seed": -1},
    ],
)
def test_a_spec_out_of_range_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        SplitSpec.from_json(settings)
    assert caught.value.code == "bad_parameter"


@pytest.mark.parametrize("scheme", ["TG", "TU"])
def test_a_split_by_time_is_refused_without_times(scheme: str) -> None:
    data = interactions([("a", "x", 1_600_000_000)], with_times=False)
    with pytest.raises(ConfigError, match="needs a time column") as caught:
        split(data, SplitSpec(scheme=scheme))
    assert caught.value.code == "time_needed"


@pytest.mark.parametrize("scheme", ["RG", "TG", "TU"])
def test_data_with_nothing_to_hold_out_is_refused(scheme: str) -> None:
    data = interactions([("a", "x", 1_600_000_000), ("b", "x", 1_600_000_000)])
    with pytest.raises(ConfigError) as caught:
        split(data, SplitSpec(scheme=scheme))
    assert caught.value.code == "nothing_to_hold_out"


@given(_ROWS, _SPECS)
def test_no_pair_is_in_two_parts_and_scored_users_have_a_past(
    rows: list[Row], spec: SplitSpec
) -> None:
    data = interactions(rows)
    try:
        parts = split(data, spec)
    except ConfigError:
        return  # too little data for this spec, and it says so
    train, validation = train_pairs(parts), held_pairs(parts.validation)
    test = held_pairs(parts.test)
    refit = set(
        zip(*(a.tolist() for a in parts.train_and_validation.nonzero()), strict=True)
    )
    assert train.isdisjoint(validation)
    assert refit.isdisjoint(test)
    assert train | validation <= refit
    assert {user for user, _ in validation} <= {user for user, _ in train}
    assert {user for user, _ in test} <= {user for user, _ in refit}
    assert validation
    assert test
    if spec.scheme != "TG":
        assert refit | test == set(times_of(data))


@given(_ROWS, _SPECS)
def test_held_out_is_later_in_the_splits_by_time(
    rows: list[Row], spec: SplitSpec
) -> None:
    data = interactions(rows)
    try:
        parts = split(data, spec)
    except ConfigError:
        return  # too little data for this spec, and it says so
    times = times_of(data)
    stages = [train_pairs(parts), held_pairs(parts.validation), held_pairs(parts.test)]
    if spec.scheme == "TG":
        spans = [[times[pair] for pair in stage] for stage in stages]
        assert max(spans[0]) < min(spans[1])
        assert max(spans[1]) < min(spans[2])
    elif spec.scheme == "TU":
        for user in parts.test.users.tolist():
            spans = [[times[p] for p in stage if p[0] == user] for stage in stages]
            assert max(spans[0]) <= min(spans[1])
            assert max(spans[1]) <= min(spans[2])


@pytest.mark.parametrize("scheme", ["RG", "TU"])
def test_each_user_gives_as_much_to_validation_as_to_test(scheme: str) -> None:
    data = block_interactions(seed=1)  # everybody took 8 items
    by_number = split(data, SplitSpec(scheme=scheme, n_heldout=3))
    by_ratio = split(data, SplitSpec(scheme=scheme, heldout_ratio=0.25))
    for parts, held in ((by_number, 3), (by_ratio, 2)):
        assert set(np.diff(parts.test.truth.indptr)) == {held}
        assert set(np.diff(parts.validation.truth.indptr)) == {held}
        assert set(np.diff(parts.train.indptr)) == {8 - 2 * held}


def test_a_split_by_one_time_takes_the_latest_of_all() -> None:
    data = block_interactions(seed=1)  # 960 pairs, one per second
    by_number = split(data, SplitSpec(scheme="TG", n_heldout=100))
    by_ratio = split(data, SplitSpec(scheme="TG", heldout_ratio=0.25))
    assert by_number.train.nnz == 960 - 200
    assert by_ratio.train.nnz == 960 - 480
    assert len(held_pairs(by_number.test)) <= 100


@pytest.mark.parametrize("scheme", ["RG", "TG", "TU"])
def test_only_the_chosen_users_are_scored(scheme: str) -> None:
    data = block_interactions(seed=1)
    everybody = split(data, SplitSpec(scheme=scheme, heldout_ratio=0.25)).test
    some = split(
        data, SplitSpec(scheme=scheme, heldout_ratio=0.25, test_user_ratio=0.25)
    ).test
    few = split(
        data, SplitSpec(scheme=scheme, heldout_ratio=0.25, n_test_users=10)
    ).test
    assert len(everybody.users) > 100
    assert 20 <= len(some.users) <= 30
    assert 5 <= len(few.users) <= 10
    assert set(few.users) <= set(everybody.users)


@pytest.mark.parametrize("scheme", ["RG", "TG", "TU"])
def test_the_seed_decides_and_repeats(scheme: str) -> None:
    data = block_interactions(seed=1)

    def parts(seed: int) -> bytes:
        spec = SplitSpec(scheme=scheme, test_user_ratio=0.5, random_seed=seed)
        return split(data, spec).parts.tobytes()

    assert parts(1) == parts(1)
    assert parts(1) != parts(2)


def test_a_saved_split_is_the_same_when_loaded(tmp_path: Path) -> None:
    parts = split(block_interactions(seed=1), SplitSpec(scheme="TG"))
    path = tmp_path / "split"
    parts.save(path)
    loaded = Split.load(path)
    assert [file.name for file in tmp_path.iterdir()] == ["split"]
    assert train_pairs(loaded) == train_pairs(parts)
    assert held_pairs(loaded.test) == held_pairs(parts.test)
    assert loaded.validation.users.tolist() == parts.validation.users.tolist()


def test_a_spec_travels_as_json() -> None:
    spec = SplitSpec(scheme="TU", n_heldout=2, n_test_users=5, random_seed=7)
    assert SplitSpec.from_json(spec.to_json()) == spec


def test_more_held_out_than_there_is_leaves_one_pair_in_train() -> None:
    data = interactions([("a", item, 1_600_000_000) for item in "vwxyz"])
    parts = split(data, SplitSpec(n_heldout=2**70))
    sizes = (parts.train.nnz, parts.validation.truth.nnz, parts.test.truth.nnz)
    assert sizes == (1, 2, 2)
