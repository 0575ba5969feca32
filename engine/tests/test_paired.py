"""Differences of two models over the same users: exact where they can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recotem_engine.paired import PairedDifference, paired_difference
from recotem_engine.types import Floats

_NONE = np.empty(0, np.float32)


@st.composite
def metrics(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Of candidate and champion, between 0 and 1, many of them 0."""
    size = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    values = rng.random((2, size)) * (rng.random((2, size)) < draw(st.floats(0.1, 1)))
    return values[0].astype(np.float32), values[1].astype(np.float32)


def test_without_users_nothing_is_said() -> None:
    nothing = PairedDifference(None, None, None, None)
    assert paired_difference(_NONE, _NONE, seed=0) == nothing


def test_a_champion_that_finds_nothing_has_no_relative_difference() -> None:
    ours, theirs = np.full(9, 0.5, np.float32), np.zeros(9, np.float32)
    gain = paired_difference(ours, theirs, seed=0)
    assert (gain.absolute, gain.interval) == (0.5, (0.5, 0.5))
    assert (gain.relative, gain.relative_interval) == (None, None)


def test_a_champion_that_may_find_nothing_has_no_relative_interval() -> None:
    theirs = np.array([1, 0, 0, 0], np.float32)
    gain = paired_difference(theirs, theirs, seed=0)
    assert (gain.relative, gain.relative_interval) == (0.0, None)


@settings(max_examples=30, deadline=None)
@given(metrics(), st.integers(0, 5))
def test_equal_answers_differ_by_exactly_nothing(
    pair: tuple[Floats, Floats], seed: int
) -> None:
    gain = paired_difference(pair[0], pair[0], seed=seed)
    assert (gain.absolute, gain.interval) == (0.0, (0.0, 0.0))
    assert gain.relative in {0.0, None}
    assert gain.relative_interval in {(0.0, 0.0), None}


@settings(max_examples=30, deadline=None)
@given(metrics(), st.integers(0, 5))
def test_changing_places_changes_the_sign(
    pair: tuple[Floats, Floats], seed: int
) -> None:
    there = paired_difference(*pair, seed=seed)
    back = paired_difference(*reversed(pair), seed=seed)
    assert there.absolute is not None
    assert there.interval is not None
    assert back.absolute == pytest.approx(-there.absolute)
    assert back.interval == pytest.approx((-there.interval[1], -there.interval[0]))


@settings(max_examples=30, deadline=None)
@given(metrics(), st.sampled_from([0.25, 0.5, 2.0]))
def test_what_is_relative_knows_no_unit(
    pair: tuple[Floats, Floats], unit: float
) -> None:
    plain = paired_difference(*pair, seed=1)
    scaled = paired_difference(pair[0] * unit, pair[1] * unit, seed=1)
    assert scaled.relative == pytest.approx(plain.relative)
    assert scaled.relative_interval == pytest.approx(plain.relative_interval)
    assert scaled.interval == pytest.approx(
        None if plain.interval is None else tuple(unit * v for v in plain.interval)
    )


@settings(max_examples=30, deadline=None)
@given(metrics(), st.integers(0, 5))
def test_the_same_seed_says_the_same_and_a_wider_level_holds_a_narrower(
    pair: tuple[Floats, Floats], seed: int
) -> None:
    gain = paired_difference(*pair, seed=seed)
    assert gain == paired_difference(*pair, seed=seed)
    wide = paired_difference(*pair, seed=seed, level=0.99)
    assert gain.interval is not None
    assert wide.interval is not None
    assert wide.interval[0] <= gain.interval[0] <= gain.interval[1] <= wide.interval[1]


def test_the_interval_is_that_of_the_paired_t_test_for_many_users() -> None:
    rng = np.random.default_rng(3)
    theirs = rng.random(4000)
    ours = theirs + rng.normal(0.02, 0.1, 4000)
    gain = paired_difference(ours.astype(np.float32), theirs.astype(np.float32), seed=0)
    half = 1.96 * (ours - theirs).std() / 4000**0.5
    middle = (ours - theirs).mean()
    assert gain.interval == pytest.approx((middle - half, middle + half), abs=half / 5)
