"""Questions people ask a trained model, by external ids."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from recotem_engine.errors import ConfigError
from recotem_engine.ids import IdMap
from recotem_engine.scorers import Scorer
from recotem_engine.types import Csr, Floats, Int64s, Ints, Ranking, Scored

_LOWEST = np.finfo(np.float32).min


class Recommender:
    """A scorer with the ids of its users and items and what each user has seen.

    seen: users by items, CSR float32, the weights the model was trained on. Rankings
    are best first, never hold a seen item, and break equal scores by the order of the
    item ids. Each user is scored alone, so that a batch gives exactly what single
    questions give.
    """

    def __init__(self, users: IdMap, items: IdMap, seen: Csr, scorer: Scorer) -> None:
        if seen.shape != (len(users), len(items)) or scorer.n_items != len(items):
            raise ConfigError(
                "sizes_differ", "Users, items, matrix and model differ in size."
            )
        self.users = users
        self.items = items
        self.seen = seen
        self.scorer = scorer

    def for_user(self, user_id: str, k: int = 10) -> Ranking:
        """The best `k` unseen items of a known user; UnknownIds otherwise."""
        return self._for_row(self.users.row(user_id), k)

    def for_users(self, user_ids: Sequence[str], k: int = 10) -> list[Ranking]:
        """One ranking per user, in order; an empty one for each unknown user."""
        rows = self.users.rows(user_ids)
        return [self._for_row(int(row), k) if row >= 0 else [] for row in rows]

    def for_profile(self, item_ids: Iterable[str], k: int = 10) -> Ranking:
        """The best `k` other items for somebody who took these.

        An item given twice counts twice; unknown ones are ignored, and if none is
        known the ranking is empty. NotSupported if the model cannot score profiles.
        """
        counts = Counter(item_ids)
        cols = self.items.rows(list(counts))
        weights = np.fromiter(counts.values(), np.float32, len(counts))[cols >= 0]
        cols = cols[cols >= 0]
        if len(cols) == 0:
            return []
        order = np.argsort(cols)
        profile = self._profile(cols[order], weights[order])
        return self._ranking(self.scorer.score_profiles(profile)[0], cols, k)

    def similar_items(self, item_id: str, k: int = 10) -> Ranking:
        """The `k` items most like this one, without itself.

        UnknownIds if the item is not known; NotSupported if the model has no notion
        of similar items.
        """
        col = self.items.row(item_id)
        return self._ranking(self.scorer.similar_items(col), np.array([col]), k)

    def profile_of(self, user_id: str) -> list[str]:
        """Ids of what a known user has seen; UnknownIds otherwise."""
        cols, _ = self._seen_by(self.users.row(user_id))
        return self.items.ids(cols)

    def random_user(self, seed: int | None = None) -> str:
        """The id of some user, the same for the same seed."""
        row = int(np.random.default_rng(seed).integers(len(self.users)))
        return self.users.id(row)

    def _for_row(self, row: int, k: int) -> Ranking:
        cols, weights = self._seen_by(row)
        scores = self.scorer.score_user(row, cols, weights)
        return self._ranking(scores, cols, k)

    def _seen_by(self, row: int) -> tuple[Ints, Floats]:
        start, end = self.seen.indptr[row], self.seen.indptr[row + 1]
        return self.seen.indices[start:end], self.seen.data[start:end]

    def _profile(self, cols: Ints, weights: Floats) -> Csr:
        parts = (weights, cols, np.array([0, len(cols)]))
        return sparse.csr_array(parts, shape=(1, len(self.items)))

    def _ranking(self, scores: Floats, hidden: Ints, k: int) -> Ranking:
        best = top_items(scores, hidden, k)
        values = scores[best].tolist()
        return list(map(Scored, self.items.ids(best), values))


def top_items(scores: Floats, hidden: Ints, k: int) -> Int64s:
    """Columns of the best `k` scores without the hidden ones, best first.

    scores: (n_items,). Equal scores come in the order of their columns; what is not
    a finite number never comes. Shorter than `k` if there is no more.
    """
    if k < 0:
        raise ConfigError("bad_parameter", f"The number of items cannot be {k}.")
    k = min(k, len(scores))
    if k == 0:
        return np.empty(0, np.int64)
    wanted = scores.copy()
    wanted[~np.isfinite(wanted)] = -np.inf
    wanted[hidden] = -np.inf
    last = np.partition(wanted, -k)[-k]
    best = np.flatnonzero(wanted >= max(last, _LOWEST))
    return best[np.argsort(-wanted[best], kind="stable")[:k]]
