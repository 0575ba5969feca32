"""How long a search still takes, judging by the trials that ended."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem.tuning.services.progress import estimate

seconds = st.floats(0, 1e5)
durations = st.lists(seconds, min_size=1, max_size=50)
work = st.fixed_dictionaries(
    {
        "n_left": st.integers(0, 10_000),
        "n_parallel": st.integers(1, 64),
        "n_after": st.integers(0, 2),
        "at_most": st.none() | st.floats(-1e5, 1e5),
    }
)

type Work = dict[str, Any]


def known(durations: list[float], work: Work) -> float:
    left = estimate(durations, **work)
    assert left is not None
    return left


@given(work)
def test_nobody_knows_before_a_trial_has_ended(work: Work) -> None:
    assert estimate([], **work) is None


@given(durations, work)
def test_it_is_never_negative_and_never_longer_than_the_limit(
    durations: list[float], work: Work
) -> None:
    left = known(durations, work)
    assert left >= 0
    if work["at_most"] is not None:
        after = known(durations, work | {"n_left": 0})
        assert left <= after + max(0, work["at_most"]) + 1e-6


@given(durations, work)
def test_less_work_and_more_workers_never_take_longer(
    durations: list[float], work: Work
) -> None:
    left = known(durations, work)
    assert known(durations, work | {"n_left": work["n_left"] // 2}) <= left
    assert known(durations, work | {"n_parallel": work["n_parallel"] + 1}) <= left
    assert known(durations, work | {"n_after": 0}) <= left


@given(durations, work)
def test_trials_that_take_twice_as_long_take_twice_as_long(
    durations: list[float], work: Work
) -> None:
    unlimited = work | {"at_most": None}
    twice = known([2 * each for each in durations], unlimited)
    assert twice == pytest.approx(2 * known(durations, unlimited))


@given(seconds, st.integers(0, 1000), st.integers(0, 2))
def test_with_one_worker_it_is_that_many_times_a_trial(
    each: float, n_left: int, n_after: int
) -> None:
    left = estimate([each], n_left=n_left, n_parallel=1, n_after=n_after, at_most=None)
    assert left == pytest.approx(each * (n_left + n_after))
