"""How often the gate errs, where the true difference of two models is known.

Refused are to be at least 95 % of the candidates that are truly worse by 3 %, passed at
least 90 % of those better by 3 %. How many users that takes, and how often it was
tried: docs/guides/deployment-gate.md.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recotem_engine.algorithms import algorithm
from recotem_engine.comparison import (
    Comparison,
    Contender,
    Standing,
    compare,
    default_holdout,
)
from recotem_engine.evaluation import EvaluationSpec, evaluate
from recotem_engine.gate import Limits, judge
from recotem_engine.interactions import Columns, Interactions
from recotem_engine.paired import paired_difference
from recotem_engine.parameters import Value
from recotem_engine.splitting import split
from recotem_engine.types import Floats

pytestmark = pytest.mark.timeout(900)

N_SIMULATED = 200  # pairs of models for each rate
N_FITTED = 60
LIMITS = Limits()

type Model = tuple[str, dict[str, Value]]

STRONG: Model = "EDLAE", {"reg": 100.0}
WEAK: Model = "RP3beta", {"beta": 0.6}


def generated(seed: int, n_users: int) -> Interactions:
    """People with tastes take 8 to 29 of 150 items of very different popularity.

    The tastes that items answer to are always the same, the people are others for each
    seed: so all these data have the same truth.
    """
    items = np.random.default_rng(7).normal(size=(150, 6))
    rng = np.random.default_rng(seed)
    tastes = rng.normal(size=(n_users, 6)) @ items.T
    wanted = 0.7 * tastes - np.log(np.arange(1, 151)) + rng.gumbel(size=tastes.shape)
    taken = np.argsort(np.argsort(-wanted, axis=1), axis=1)
    users, cols = np.nonzero(taken < rng.integers(8, 30, size=(n_users, 1)))
    times = 1_700_000_000 + rng.permutation(len(users))
    frame = pl.DataFrame({"user": users, "item": cols, "time": times})
    return Interactions.from_frame(frame, Columns("user", "item", "time"))


def movielens() -> Interactions:
    beside = Path(__file__).parents[3] / "shared" / "datasets"
    folder = Path(os.environ.get("RECOTEM_DATASETS_DIR", beside))
    path = folder / "ml-100k.csv.gz"
    if not path.is_file():
        pytest.skip("SKIPPED: needs ml-100k.csv.gz in the folder RECOTEM_DATASETS_DIR.")
    return Interactions.read(path, Columns("userId", "movieId", "timestamp"))


@cache
def ndcg_of_users(source: str, model: str) -> Floats:
    """NDCG@20 of each user of the default hold-out, with default parameters."""
    data = movielens() if source == "movielens" else generated(0, 2000)
    parts = split(data, default_holdout(data, seed=1))
    seen = parts.train_and_validation
    scorer = algorithm(model).fit(seen, {}, threads=1)
    return evaluate(scorer, seen, parts.test, EvaluationSpec()).per_user


def asked(candidate: Floats, champion: Floats, seed: int) -> Comparison:
    """What a comparison by these users says, all but the target metric alike."""
    gain = paired_difference(candidate, champion, seed=seed)
    return Comparison(
        target_metric="ndcg",
        cutoff=20,
        holdout={},
        n_users=len(candidate),
        n_unknown_users=0,
        candidate=Standing("A", {"ndcg": float(candidate.mean())}),
        champion=Standing("B", {"ndcg": float(champion.mean())}),
        difference=gain.absolute,
        interval=gain.interval,
        relative_difference=gain.relative,
        relative_interval=gain.relative_interval,
    )


def share_passed(
    candidate: Floats, champion: Floats, *, truth: float, n_users: int
) -> float:
    """Of comparisons by users who are drawn from these.

    The candidate's values are scaled to be better by exactly `truth` among all of them.
    """
    scale = (1 + truth) * champion.mean() / candidate.mean()
    rng = np.random.default_rng(11)
    passed = 0
    for number in range(N_SIMULATED):
        drawn = rng.integers(len(champion), size=n_users)
        found = asked(scale * candidate[drawn], champion[drawn], seed=number)
        passed += judge(found, LIMITS).passed
    return passed / N_SIMULATED


@pytest.mark.parametrize(
    ("source", "champion", "candidate", "n_users"),
    [
        ("generated", "EDLAE", "RP3beta", 600),
        ("movielens", "IALS", "EDLAE", 700),
        ("movielens", "CosineKNN", "RP3beta", 2400),
    ],
)
def test_by_users_like_real_ones_the_worse_are_refused_and_the_better_pass(
    source: str, champion: str, candidate: str, n_users: int
) -> None:
    values = ndcg_of_users(source, candidate), ndcg_of_users(source, champion)
    worse = share_passed(*values, truth=-0.03, n_users=n_users)
    better = share_passed(*values, truth=0.03, n_users=n_users)
    assert 1 - worse >= 0.95
    assert better >= 0.9


def test_as_few_users_as_the_limits_allow_let_no_worse_model_pass() -> None:
    """Nor do they let most of the better ones: these wait for more users."""
    values = ndcg_of_users("generated", "TopPop"), ndcg_of_users("generated", "EDLAE")
    n_users = LIMITS.smallest_n_users
    assert share_passed(*values, truth=-0.03, n_users=n_users) <= 0.05
    assert share_passed(*values, truth=0.03, n_users=n_users) < 0.5


def fitted(candidate: Model, champion: Model, first_seed: int) -> list[Comparison]:
    """Compared on data of other people each time, 800 of them."""
    comparisons = []
    for seed in range(first_seed, first_seed + N_FITTED):
        data = generated(seed, 800)
        contenders = Contender(data, *candidate), Contender(data, *champion)
        comparisons.append(compare(*contenders, seed=seed, threads=1))
    return comparisons


def true_difference(comparisons: list[Comparison]) -> float:
    """As all the users of all comparisons together say, 48,000 of them."""
    ours, theirs = (
        np.mean([getattr(c, who).metrics["ndcg"] for c in comparisons])
        for who in ("candidate", "champion")
    )
    return float(ours / theirs - 1)


def test_fitted_models_that_are_worse_by_3_percent_are_refused() -> None:
    comparisons = fitted(WEAK, STRONG, first_seed=1000)
    truth = true_difference(comparisons)
    refused = np.mean([not judge(found, LIMITS).passed for found in comparisons])
    assert -0.045 < truth <= -0.03
    assert refused >= 0.95


def test_fitted_models_that_are_better_by_3_percent_pass() -> None:
    comparisons = fitted(STRONG, WEAK, first_seed=2000)
    truth = true_difference(comparisons)
    passed = np.mean([judge(found, LIMITS).passed for found in comparisons])
    assert 0.03 <= truth < 0.05
    assert passed >= 0.9
