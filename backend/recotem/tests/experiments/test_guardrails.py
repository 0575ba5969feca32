"""What is said of the breadth of arms and of their fallbacks."""

from collections import Counter
from itertools import combinations
from statistics import fmean

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from recotem.experiments.guardrails import (
    Frequencies,
    Shown,
    coverage_at,
    guardrails_of,
    sure_from,
)
from recotem.experiments.models import ABTest, ArmItem, ArmRequests
from tests.experiments.test_rollups import a_test, at
from tests.factories import DeploymentFactory, TrainingDataFactory

frequencies = st.dictionaries(
    st.integers(1, 1000), st.integers(1, 1000), min_size=1, max_size=8
)


def coverage(n: int, often: Frequencies) -> float:
    shown = Shown(sum(often.values()), sum(k * items for k, items in often.items()))
    limit = sure_from(n, shown.times)
    return coverage_at(n, shown, {k: v for k, v in often.items() if k < limit})


@given(shown=st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), data=st.data())
def test_coverage_is_the_mean_over_all_draws(shown, data):
    n = data.draw(st.integers(1, len(shown)))
    by_hand = fmean(len(set(draw)) for draw in combinations(shown, n))
    often = Counter(Counter(shown).values())
    assert coverage(n, often) == pytest.approx(by_hand)


@given(often=frequencies)
def test_all_that_was_shown_covers_every_item_and_one_covers_one(often):
    total = sum(shown * items for shown, items in often.items())
    assert coverage(total, often) == sum(often.values())
    assert coverage(1, often) == pytest.approx(1, rel=1e-4)


@given(often=frequencies, data=st.data())
def test_only_items_that_were_shown_seldom_are_missed(often, data):
    total = sum(shown * items for shown, items in often.items())
    n = data.draw(st.integers(1, total))
    shown = Shown(sum(often.values()), total)
    assert coverage(n, often) == pytest.approx(coverage_at(n, shown, often))


def test_a_billion_shown_items_are_no_problem():
    assert coverage(10**6, {10**4: 10**5}) == pytest.approx(99995, abs=2)


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


def serve(test: ABTest, slot: int, n_items: int | None) -> None:
    """The slot comes to serve a model of so many items."""
    data = TrainingDataFactory(project=test.project, n_items=n_items)
    DeploymentFactory(
        project=test.project,
        slot_id=slot,
        slot_name="a slot",
        trained_model__data_loc=data,
        data_version=1,
    )


def show(test: ABTest, *items: str) -> None:
    """Both arms show each of the items once."""
    for slot in test.slot_ids:
        for item in items:
            ArmItem.objects.create(test=test, slot_id=slot, item_id=item, shown=1)


def test_coverage_is_also_a_share_of_the_items_that_the_models_have(test):
    for slot, n_items in zip(test.slot_ids, (8, 40), strict=True):
        serve(test, slot, n_items)
    show(test, "a", "b")
    coverage, fallbacks = guardrails_of(test)
    assert coverage["control_item_share"] == pytest.approx(2 / 8)
    assert coverage["variant_item_share"] == pytest.approx(2 / 40)
    assert fallbacks["control_item_share"] is None


def test_of_an_ended_test_the_models_that_ran_in_it_count(db):
    with at(0):
        test = a_test()
        [control, _] = test.slot_ids
        serve(test, control, 20)
        serve(test, control, 8)
    show(test, "a", "b")
    with at(2):
        serve(test, control, 40)
    assert guardrails_of(test)[0]["control_item_share"] == pytest.approx(2 / 40)
    with at(1):
        test.ended_at = timezone.now()
    assert guardrails_of(test)[0]["control_item_share"] == pytest.approx(2 / 8)


def test_without_a_known_number_of_items_there_is_no_share(test):
    control, _ = test.slot_ids
    show(test, "a", "b")
    serve(test, control, None)
    coverage, _ = guardrails_of(test)
    assert coverage["control"] == pytest.approx(2)
    assert coverage["control_item_share"] is None
    assert coverage["variant_item_share"] is None


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
