"""The statistics, against textbooks and for every input there can be."""

from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recotem.experiments.analysis.rates import (
    Arm,
    compare,
    difference_interval,
    wilson_interval,
    z_score,
)


@st.composite
def arms(draw: st.DrawFn) -> Arm:
    users = draw(st.integers(0, 10**12) | st.integers(0, 5))
    return Arm(users, draw(st.integers(0, users) | st.sampled_from([0, users])))


levels = st.floats(0.5, 0.99)


@settings(deadline=None)
@given(arms(), arms(), levels, st.integers(1, 2**31 - 1))
def test_every_input_has_an_answer_within_its_bounds(control, variant, level, minimum):
    found = compare(control, variant, confidence_level=level, min_sample_size=minimum)
    assert isfinite(found.z_score)
    assert 0 <= found.p_value <= 1
    low, high = found.confidence_interval
    assert -1 <= low <= variant.rate - control.rate <= high <= 1
    assert (found.lift is None) == (control.conversions == 0)
    assert found.lift is None or found.lift >= -100
    enough = control.users >= minimum and variant.users >= minimum
    assert found.sufficient_data == enough


@settings(deadline=None)
@given(arms(), arms(), levels)
def test_exchanging_the_arms_turns_the_answer_around(one, other, level):
    assert z_score(one, other) == -z_score(other, one)
    low, high = difference_interval(one, other, level)
    assert difference_interval(other, one, level) == (-high, -low)


@settings(deadline=None)
@given(arms(), levels)
def test_equal_arms_do_not_differ(arm, level):
    found = compare(arm, arm, confidence_level=level, min_sample_size=1)
    assert (found.z_score, found.p_value, found.significant) == (0, 1, False)


@settings(deadline=None)
@given(arms(), levels)
def test_the_interval_of_a_rate_holds_the_rate(arm, level):
    low, high = wilson_interval(arm, level)
    assert 0 <= low <= arm.rate <= high <= 1


def test_the_trial_of_aspirin_comes_out_as_in_the_textbook():
    # Agresti: Categorical Data Analysis, Physicians' Health Study: 104 of 11,037 with
    # aspirin and 189 of 11,034 with a placebo had a heart attack; z = 5.00
    aspirin, placebo = Arm(11_037, 104), Arm(11_034, 189)
    found = compare(aspirin, placebo, confidence_level=0.95, min_sample_size=11_000)
    assert found.z_score == pytest.approx(5.00, abs=0.005)
    assert found.p_value == pytest.approx(5.7e-7, rel=0.02)
    assert found.lift == pytest.approx(81.8, abs=0.05)  # percent, once
    assert found.confidence_interval == pytest.approx((0.0047, 0.0108), abs=5e-5)
    assert found.significant
    assert found.sufficient_data


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Arm(70, 56), Arm(80, 48), (0.0524, 0.3339)),
        (Arm(10, 9), Arm(10, 3), (0.1705, 0.8090)),
        (Arm(7, 6), Arm(7, 2), (0.0582, 0.8062)),
        (Arm(56, 5), Arm(29, 0), (-0.0381, 0.1926)),
        (Arm(10, 0), Arm(20, 0), (-0.1611, 0.2775)),
        (Arm(10, 10), Arm(10, 0), (0.6075, 1.0000)),
    ],
    ids=str,
)
def test_the_interval_is_that_of_newcombes_table(first, second, expected):
    interval = difference_interval(second, first, 0.95)
    assert interval == pytest.approx(expected, abs=5e-5)


def test_a_thousand_and_none_are_not_sufficient():
    full, empty = Arm(1000, 10), Arm(0, 0)
    found = compare(full, empty, confidence_level=0.95, min_sample_size=1000)
    assert not found.sufficient_data
    assert not found.significant
    assert found.confidence_interval == (-1, 1)
