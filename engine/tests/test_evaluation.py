"""Metrics: equal to a plain computation, within bounds, honest about what is seen."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recotem_engine.errors import ConfigError
from recotem_engine.evaluation import (
    METRICS,
    Evaluation,
    EvaluationSpec,
    evaluate,
)
from recotem_engine.scorers import ItemWeights, Popularity
from recotem_engine.splitting import HoldOut
from recotem_engine.types import Csr


def matrix(rows: list[set[int]], n_items: int) -> Csr:
    dense = np.zeros((len(rows), n_items), np.float32)
    for row, items in enumerate(rows):
        dense[row, list(items)] = 1
    return sparse.csr_array(dense)


@st.composite
def cases(draw: st.DrawFn) -> tuple[ItemWeights, Csr, HoldOut, int]:
    """Scores without ties, some items seen, at least one other relevant."""
    n_users, n_items = draw(st.integers(1, 6)), draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    seen, truth = [], []
    for _ in range(n_users):
        items = rng.permutation(n_items).tolist()
        n_seen = draw(st.integers(1, n_items - 1))
        n_relevant = draw(st.integers(1, n_items - n_seen))
        seen.append(set(items[:n_seen]))
        truth.append(set(items[n_seen : n_seen + n_relevant]))
    users = np.flatnonzero(rng.random(n_users) < 0.8).astype(np.int32)
    users = users if len(users) else np.array([0], np.int32)
    scorer = ItemWeights(rng.normal(size=(n_items, n_items)).astype(np.float32))
    held = HoldOut(users, matrix([truth[user] for user in users], n_items))
    return scorer, matrix(seen, n_items), held, draw(st.integers(1, 12))


def plainly(
    scorer: ItemWeights, seen: Csr, held: HoldOut, cutoff: int
) -> dict[str, float]:
    """The formulas of the module's docstring, one user after the other."""
    rows = []
    scores = scorer.score_profiles(seen)
    for user, relevant_row in zip(held.users, held.truth.toarray(), strict=True):
        relevant = set(np.flatnonzero(relevant_row).tolist())
        known = set(np.flatnonzero(seen.toarray()[user]).tolist())
        ranking = [i for i in np.argsort(-scores[user]).tolist() if i not in known]
        hits = [int(item in relevant) for item in ranking[:cutoff]]
        gains = [hit / math.log2(i + 2) for i, hit in enumerate(hits)]
        ideal = [1 / math.log2(i + 2) for i in range(min(len(relevant), cutoff))]
        precisions = [hit * sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits)]
        rows.append(
            {
                "ndcg": sum(gains) / sum(ideal),
                "map": sum(precisions) / len(relevant),
                "recall": sum(hits) / len(relevant),
                "hit": max(hits),
            }
        )
    return {name: float(np.mean([row[name] for row in rows])) for name in METRICS}


@pytest.mark.parametrize("values", [{"cutoff": 0}, {"target_metric": "accuracy"}])
def test_a_spec_out_of_range_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        EvaluationSpec(**values)
    assert caught.value.code == "bad_parameter"


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_numbers_are_refused(broken: float) -> None:
    scorer = Popularity(np.array([1, broken, 2], np.float32))
    held = HoldOut(np.array([0], np.int32), matrix([{1}], 3))
    with pytest.raises(FloatingPointError, match="not numbers"):
        evaluate(scorer, matrix([{0}], 3), held, EvaluationSpec())


@given(cases(), st.integers(1, 3))
def test_metrics_equal_a_plain_computation_in_blocks_of_any_size(
    case: tuple[ItemWeights, Csr, HoldOut, int], block: int
) -> None:
    scorer, seen, held, cutoff = case
    spec = EvaluationSpec(cutoff=cutoff)
    result = evaluate(scorer, seen, held, spec, users_per_block=block)
    assert result.metrics == pytest.approx(plainly(*case), abs=1e-6)
    assert all(0 <= value <= 1 + 1e-6 for value in result.metrics.values())
    assert result.per_user.mean() == pytest.approx(result.metrics["ndcg"], abs=1e-6)


def test_a_perfect_ranking_scores_one_and_a_seen_item_never_counts() -> None:
    scorer = Popularity(np.array([9, 8, 7, 1], np.float32))
    seen = matrix([{0}], 4)
    users = np.array([0], np.int32)
    perfect = evaluate(
        scorer, seen, HoldOut(users, matrix([{1, 2}], 4)), EvaluationSpec()
    )
    spoiled = evaluate(
        scorer, seen, HoldOut(users, matrix([{0}], 4)), EvaluationSpec(cutoff=4)
    )
    assert perfect.metrics == dict.fromkeys(METRICS, pytest.approx(1.0))
    assert spoiled.metrics == dict.fromkeys(METRICS, 0.0)


def test_the_interval_covers_the_mean_and_narrows_with_more_users() -> None:
    rng = np.random.default_rng(0)
    few, many = (
        Evaluation({}, rng.random(n).astype(np.float32)) for n in (100, 10_000)
    )
    low, high = many.interval()
    assert low < many.per_user.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * (1 / 12 / 10_000) ** 0.5, rel=0.2)
    assert few.interval()[1] - few.interval()[0] > 5 * (high - low)
    assert many.interval(seed=3) == many.interval(seed=3)
    assert many.interval(level=0.5)[0] > low


def test_a_spec_travels_as_json() -> None:
    spec = EvaluationSpec(cutoff=7, target_metric="map")
    assert EvaluationSpec.from_json(spec.to_json()) == spec
