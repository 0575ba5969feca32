"""Candidate against champion: the same users, and nobody has seen the answers."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem_engine.algorithms import ALGORITHMS, algorithm
from recotem_engine.comparison import (
    Comparison,
    Contender,
    changed_share,
    compare,
    default_holdout,
)
from recotem_engine.compute import Compute
from recotem_engine.errors import ConfigError
from recotem_engine.evaluation import EvaluationSpec, evaluate
from recotem_engine.gate import Limits, judge
from recotem_engine.interactions import Columns, Interactions
from recotem_engine.splitting import SplitSpec, split
from recotem_engine.testing import block_pairs, interactions_of
from recotem_engine.types import JsonObject

PAIRS = block_pairs(seed=1)
DATA = interactions_of(PAIRS)


def fits(told: Iterable[JsonObject]) -> list[object]:
    return [event["contender"] for event in told if event["stage"] == "fitting"]


def reshuffled(others: Iterable[tuple[str, str]] = ()) -> Interactions:
    """The same interactions among those of others, whose ids come first."""
    return interactions_of([*others, *PAIRS])


def test_a_champion_that_does_not_exist_any_more_is_named() -> None:
    with pytest.raises(ConfigError, match=r"The champion \(Oracle\)") as caught:
        compare(Contender(DATA, "TopPop"), Contender(DATA, "Oracle"))
    assert caught.value.code == "unknown_algorithm"


def test_parameters_that_do_not_fit_are_refused_before_anything_is_fitted() -> None:
    told: list[JsonObject] = []
    wrong = Contender(DATA, "CosineKNN", {"top_k": 0})
    with pytest.raises(ConfigError, match=r"The champion.*'top_k'"):
        compare(Contender(DATA, "IALS"), wrong, on_progress=told.append)
    assert not told


def test_a_contender_that_cannot_be_fitted_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def explode(*_: object) -> None:
        raise ValueError("singular matrix")

    broken = algorithm("EDLAE").__class__(
        name="Broken", description="", parameters={}, steps=explode
    )
    monkeypatch.setitem(ALGORITHMS, "Broken", broken)
    with pytest.raises(ConfigError, match=r"champion.*ValueError: singular") as caught:
        compare(Contender(DATA, "TopPop"), Contender(DATA, "Broken"))
    assert caught.value.code == "cannot_fit"


def test_what_the_listener_throws_is_not_the_fault_of_a_contender() -> None:
    def fail(progress: JsonObject) -> None:
        if progress["stage"] == "evaluating":
            raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="no database"):
        compare(Contender(DATA, "TopPop"), Contender(DATA, "EDLAE"), on_progress=fail)


def test_a_metric_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="accuracy"):
        compare(
            Contender(DATA, "TopPop"),
            Contender(DATA, "IALS"),
            target_metric="accuracy",
        )


def test_data_with_nothing_to_hold_out_gives_a_comparison_of_nobody() -> None:
    tiny = interactions_of([("a", "1"), ("a", "2"), ("b", "1")])
    found = compare(Contender(tiny, "TopPop"), Contender(tiny, "IALS"))
    assert (found.n_users, found.difference, found.relative_interval) == (0, None, None)
    assert (found.candidate.algorithm, found.candidate.metrics) == ("TopPop", {})
    assert "Not enough users" in judge(found, Limits()).refusals[0]


def test_one_user_is_too_few_to_pass_but_no_crash() -> None:
    lonely = interactions_of([("a", str(item)) for item in range(9)])
    found = compare(Contender(lonely, "TopPop"), Contender(lonely, "CosineKNN"))
    assert found.n_users == 1
    assert not judge(found, Limits()).passed


@pytest.mark.parametrize("copy", [DATA, reshuffled()])
def test_the_same_model_is_fitted_once_and_differs_by_exactly_nothing(
    copy: Interactions,
) -> None:
    told: list[JsonObject] = []
    ours = Contender(DATA, "IALS", {"n_components": 16})
    theirs = Contender(copy, "IALSRecommender", {"n_components": 16.0})
    found = compare(ours, theirs, on_progress=told.append)
    assert fits(told) == ["candidate"]
    assert (found.difference, found.interval) == (0.0, (0.0, 0.0))
    assert (found.relative_difference, found.relative_interval) == (0.0, (0.0, 0.0))
    assert found.changed_share == 0.0
    assert found.coverage_ratio == found.latency_ratio == found.size_ratio == 1.0
    assert found.candidate.metrics == found.champion.metrics
    assert found.candidate.metrics["ndcg"] > 0


def test_other_parameters_or_another_seed_are_another_model() -> None:
    told: list[JsonObject] = []
    ours = Contender(DATA, "IALS", {"n_components": 16})
    theirs = Contender(DATA, "IALS", {"n_components": 16}, random_seed=7)
    found = compare(ours, theirs, on_progress=told.append)
    assert fits(told) == ["candidate", "champion"]
    assert found.interval != (0.0, 0.0)


def test_scores_are_those_of_the_evaluation_on_the_latest_of_each_user() -> None:
    spec = default_holdout(DATA, 42)
    parts = split(DATA, spec)
    found = compare(
        Contender(DATA, "EDLAE"),
        Contender(DATA, "IALS"),
        target_metric="map",
        cutoff=7,
    )
    assert spec.scheme == "TU"
    assert found.holdout == spec.to_json()
    assert (found.n_users, found.n_unknown_users) == (120, 0)
    for standing in (found.candidate, found.champion):
        seen = parts.train_and_validation
        scorer = algorithm(standing.algorithm).fit(seen, {})
        expected = evaluate(scorer, seen, parts.test, EvaluationSpec(cutoff=7))
        assert standing.metrics == pytest.approx(expected.metrics)
    ours, theirs = found.candidate.metrics["map"], found.champion.metrics["map"]
    assert found.difference == pytest.approx(ours - theirs)
    assert found.relative_difference == pytest.approx(ours / theirs - 1)


def test_the_champion_has_not_seen_the_answers_in_its_own_data_either() -> None:
    strangers = [("a", "a"), ("a0", "a"), ("a1", "a")]
    more = reshuffled(strangers)
    found = compare(Contender(DATA, "EDLAE"), Contender(more, "EDLAE"), cutoff=5)
    assert found.candidate.metrics["ndcg"] > 0
    assert found.champion.metrics == pytest.approx(found.candidate.metrics)
    assert found.changed_share == 0.0


def test_all_after_one_point_in_time_is_kept_from_the_champion_too() -> None:
    latest = SplitSpec("TG", heldout_ratio=0.2, n_test_users=40)
    more = reshuffled([("a", "a"), ("a0", "a")])
    ours, theirs = Contender(DATA, "EDLAE"), Contender(more, "EDLAE")
    found = compare(ours, theirs, holdout=latest)
    assert 20 < found.n_users <= 40
    assert found.candidate.metrics["ndcg"] > 0
    assert found.champion.metrics == pytest.approx(found.candidate.metrics)


def test_users_whom_the_champion_does_not_know_get_nothing_from_it() -> None:
    older = [(user, item) for user, item in PAIRS if int(user[1:]) < 90]
    ours, theirs = Contender(DATA, "RP3beta"), Contender(interactions_of(older), "IALS")
    found = compare(ours, theirs, target_metric="hit")
    assert (found.n_users, found.n_unknown_users) == (120, 30)
    assert found.champion.metrics["hit"] <= 90 / 120
    assert found.changed_share is not None
    assert found.changed_share >= 30 / 120


def test_a_user_of_whom_only_the_answers_are_known_is_unknown() -> None:
    last = dict(PAIRS)["u3"]
    older = [(u, i) for u, i in PAIRS if u != "u3" or i == last]
    ours, theirs = Contender(DATA, "TopPop"), Contender(interactions_of(older), "IALS")
    assert compare(ours, theirs).n_unknown_users == 1


def test_items_that_the_champion_does_not_know_are_found_by_the_candidate_alone() -> (
    None
):
    older = [(user, item) for user, item in PAIRS if int(item[1:]) % 15 > 3]
    ours, theirs = (
        Contender(data, "CosineKNN") for data in (DATA, interactions_of(older))
    )
    found = compare(ours, theirs)
    assert found.candidate.coverage is not None
    assert found.champion.coverage is not None
    assert found.champion.coverage <= 44 / 60 < found.candidate.coverage
    assert found.difference is not None
    assert found.difference > 0


def test_without_times_a_seeded_random_part_is_held_out() -> None:
    frame = pl.DataFrame(PAIRS, schema=["user", "item"], orient="row")
    data = Interactions.from_frame(frame, Columns("user", "item"))

    def found(seed: int) -> Comparison:
        contenders = Contender(data, "CosineKNN"), Contender(data, "TopPop")
        return compare(*contenders, seed=seed)

    assert found(1).holdout["scheme"] == "RG"
    assert found(1).interval == found(1).interval != found(2).interval


def test_sizes_are_those_of_the_files_where_both_are_known() -> None:
    known = compare(
        Contender(DATA, "CosineKNN", n_bytes=300),
        Contender(DATA, "TopPop", n_bytes=100),
    )
    assert (known.candidate.n_bytes, known.size_ratio) == (300, 3.0)
    half = compare(Contender(DATA, "CosineKNN", n_bytes=300), Contender(DATA, "TopPop"))
    assert half.size_ratio is not None
    assert half.size_ratio > 1
    assert half.candidate.n_bytes != 300


def test_a_list_has_changed_when_fewer_than_half_of_its_items_are_left() -> None:
    ours = np.array([[1, 2, 3, 4]] * 4 + [[-1, -1, -1, -1]])
    theirs = np.array(
        [
            [4, 3, 2, 1],  # the same
            [1, 2, 8, 9],  # half
            [1, 7, 8, 9],  # less
            [-1, -1, -1, -1],  # nothing any more
            [-1, -1, -1, -1],  # nothing as before
        ]
    )
    assert changed_share(ours, theirs) == 2 / 5


@given(st.integers(0, 1000), st.integers(1, 10), st.integers(1, 6))
def test_the_changed_share_is_that_of_sets(seed: int, length: int, users: int) -> None:
    rng = np.random.default_rng(seed)
    ours, theirs = (
        np.array([rng.permutation(12)[:length] for _ in range(users)]) for _ in range(2)
    )
    changed = [
        len(set(a.tolist()) & set(b.tolist())) < length / 2
        for a, b in zip(ours, theirs, strict=True)
    ]
    assert (
        changed_share(ours, theirs) == np.mean(changed) == changed_share(theirs, ours)
    )
    assert changed_share(ours, ours) == 0.0


def test_the_child_compares_two_models_by_what_they_were_made_of(
    tmp_path: Path,
) -> None:
    columnar = tmp_path / "data.parquet"
    DATA.write_columnar(columnar)
    told: list[dict[str, Any]] = []
    record = {"interactions": str(columnar), "n_bytes": 1000, "parameters": {}}
    with Compute(threads=1) as compute:
        answer = compute.call(
            "compare",
            on_progress=told.append,
            candidate=record | {"algorithm": "CosineKNN"},
            champion=record | {"algorithm": "TopPop"},
            metric="ndcg",
            cutoff=10,
            seed=3,
        )
        with pytest.raises(ConfigError, match="The champion"):
            compute.call(
                "compare",
                candidate=record | {"algorithm": "TopPop"},
                champion=record | {"algorithm": "Oracle"},
                metric="ndcg",
                cutoff=10,
            )
    found = Comparison.from_json(json.loads(json.dumps(answer)))
    assert (found.n_users, found.size_ratio) == (120, 1.0)
    assert found.relative_difference is not None
    assert found.relative_difference > 0
    assert fits(told) == ["candidate", "champion"]
    stages = [event["stage"] for event in told]
    assert stages[:2] == ["reading", "splitting"]
    assert stages[-1] == "comparing"
