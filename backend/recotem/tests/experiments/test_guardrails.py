"""What is said of the breadth of arms and of their fallbacks."""

from collections import Counter
from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem.experiments.guardrails import coverage_at, guardrails_of, shown_items
from recotem.experiments.models import ArmItem, ArmRequests
from tests.experiments.test_rollups import a_test

frequencies = st.dictionaries(
    st.integers(1, 1000), st.integers(1, 1000), min_size=1, max_size=8
)


@given(shown=st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), data=st.data())
def test_coverage_is_the_mean_over_all_draws(shown, data):
    n = data.draw(st.integers(0, len(shown)))
    by_hand = fmean(len(set(draw)) for draw in combinations(shown, n))
    often = Counter(Counter(shown).values())
    assert coverage_at(n, often) == pytest.approx(by_hand)


@given(often=frequencies)
def test_all_that_was_shown_covers_every_item_and_one_covers_one(often):
    total = shown_items(often)
    assert coverage_at(total, often) == pytest.approx(sum(often.values()))
    assert coverage_at(1, often) == pytest.approx(1, rel=1e-4)
    assert coverage_at(0, often) == pytest.approx(0)


def test_a_billion_shown_items_are_no_problem():
    assert coverage_at(10**6, {10**4: 10**5}) == pytest.approx(99995, abs=2)


@pytest.fixture
def test(db):
    return a_test()


def test_without_records_nothing_is_said(test):
    for found in guardrails_of(test):
        assert (found["control"], found["variant"]) == (None, None)


def test_arms_are_compared_at_as_many_items_as_the_smaller_one_showed(test):
    control, variant = test.slot_ids
    for slot, item, shown in [(control, "a", 4), (control, "b", 4), (variant, "a", 2)]:
        ArmItem.objects.create(test=test, slot_id=slot, item_id=item, shown=shown)
    coverage, _ = guardrails_of(test)
    assert (coverage["name"], coverage["shown_items"]) == ("catalogue_coverage", 2)
    # Of two of the eight, the second is another item with 4/7.
    assert coverage["control"] == pytest.approx(1 + 4 / 7)
    assert coverage["variant"] == pytest.approx(1)


def test_fallbacks_are_a_share_of_the_requests_of_each_arm(test):
    control, _ = test.slot_ids
    counts = {"requests": 200, "unknown_users": 10}
    ArmRequests.objects.create(test=test, slot_id=control, **counts)
    _, fallbacks = guardrails_of(test)
    assert fallbacks["name"] == "fallback_share"
    assert (fallbacks["control"], fallbacks["variant"]) == (0.05, None)
    low, high = fallbacks["control_interval"]
    assert 0 < low < 0.05 < high < 0.1
    assert fallbacks["variant_interval"] is None
