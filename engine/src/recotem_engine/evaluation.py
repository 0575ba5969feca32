"""How good rankings are: NDCG, MAP, recall and hit rate at a cutoff, per user.

With r_i = 1 if the i-th recommended item is relevant, k = cutoff, n = relevant items:
ndcg = Σ r_i / log2(i + 1) divided by its largest possible value (Järvelin, Kekäläinen,
TOIS 2002); map = Σ r_i · precision@i / n (as in TREC: what is not found counts as
zero); recall = Σ r_i / n; hit = max r_i.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from recotem_engine.errors import ConfigError
from recotem_engine.scorers import Scorer
from recotem_engine.splitting import HoldOut
from recotem_engine.types import Csr, Floats, Int64s, Ints, JsonObject

METRICS = ("ndcg", "map", "recall", "hit")

_SCORES_PER_BLOCK = 8_000_000  # float32, so 32 MB
_RESAMPLES = 1000


@dataclass(frozen=True)
class EvaluationSpec:
    """cutoff: length of the ranking, ≥ 1. Raises ConfigError bad_parameter."""

    cutoff: int = 20
    target_metric: str = "ndcg"

    def __post_init__(self) -> None:
        if self.cutoff < 1:
            raise ConfigError("bad_parameter", "The cutoff is at least 1.")
        if self.target_metric not in METRICS:
            raise ConfigError(
                "bad_parameter",
                f"The metric {self.target_metric!r} is none of {', '.join(METRICS)}.",
            )

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Means over users, and the target metric of each user, float32 (m,)."""

    metrics: dict[str, float]
    per_user: Floats

    def interval(self, level: float = 0.95, seed: int = 0) -> tuple[float, float]:
        """Percentile bootstrap over users (Efron, Annals of Statistics 1979).

        Where the mean of the target metric lies if other users had been asked.
        """
        rng = np.random.default_rng(seed)
        size = len(self.per_user)
        means = [
            self.per_user[rng.integers(size, size=size)].mean(dtype=np.float64)
            for _ in range(_RESAMPLES)
        ]
        low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def evaluate(
    scorer: Scorer,
    seen: Csr,
    holdout: HoldOut,
    spec: EvaluationSpec,
    *,
    users_per_block: int | None = None,
) -> Evaluation:
    """Rank the unseen items of each held-out user and compare with the truth.

    seen: users by items, what the scorer was fitted on. A cutoff beyond the catalogue
    counts as the whole catalogue. Raises FloatingPointError if a score is NaN or
    infinite.
    """
    values = {name: np.empty(len(holdout.users), np.float32) for name in METRICS}
    lists = top_lists(
        scorer, seen, holdout.users, spec.cutoff, users_per_block=users_per_block
    )
    start = 0
    for block in lists:
        rows = slice(start, start + len(block))
        for name, per_user in user_metrics(block, holdout.truth[rows]).items():
            values[name][rows] = per_user
        start = rows.stop
    means = {name: float(v.mean(dtype=np.float64)) for name, v in values.items()}
    return Evaluation(means, values[spec.target_metric])


def top_lists(
    scorer: Scorer,
    seen: Csr,
    users: Ints,
    length: int,
    *,
    users_per_block: int | None = None,
) -> Iterator[Int64s]:
    """The best unseen items of these rows of `seen`, block after block of users.

    Each block is int64 (b, min(length, n_items)): columns, best first, -1 where there
    is nothing left. Raises FloatingPointError if a score is NaN or infinite.
    """
    size = users_per_block or max(1, _SCORES_PER_BLOCK // scorer.n_items)
    for start in range(0, len(users), size):
        block = users[start : start + size]
        profiles = seen[block]
        scores = scorer.score_users(block, profiles)
        if not (np.isfinite(scores.min()) and np.isfinite(scores.max())):
            raise FloatingPointError("The model gives scores that are not numbers.")
        scores[_positions(profiles)] = -np.inf
        top = _top_columns(scores, min(length, scorer.n_items))
        is_left = np.isfinite(np.take_along_axis(scores, top, axis=1))
        yield np.where(is_left, top, -1)


def user_metrics(lists: Int64s, truth: Csr) -> dict[str, Floats]:
    """Each metric of each user, (m,).

    lists: (m, k) as of `top_lists`, their length is the cutoff; truth: (m, n_items),
    at least one relevant item in each row.
    """
    rows, cols = _positions(truth)
    n_items = truth.shape[1]
    places = np.arange(len(lists))[:, None] * n_items + lists
    hits = np.isin(places, rows * n_items + cols) & (lists >= 0)
    return _metrics(hits, np.diff(truth.indptr))


def _positions(matrix: Csr) -> tuple[Ints, Ints]:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return rows, matrix.indices


def _top_columns(scores: Floats, k: int) -> Ints:
    """Columns of the k ≤ n best scores of each row (b, n), best first, (b, k)."""
    n = scores.shape[1]
    best = np.argpartition(scores, n - k, axis=1)[:, n - k :]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def _metrics(hits: npt.NDArray[np.bool_], n_relevant: Ints) -> dict[str, Any]:
    k = hits.shape[1]
    places = np.arange(1, k + 1)
    discounts = 1 / np.log2(places + 1)
    attainable = np.minimum(n_relevant, k)
    precision = np.cumsum(hits, axis=1) / places
    return {
        "ndcg": hits @ discounts / np.cumsum(discounts)[attainable - 1],
        "map": (precision * hits).sum(axis=1) / n_relevant,
        "recall": hits.sum(axis=1) / n_relevant,
        "hit": hits.any(axis=1),
    }
