"""What every algorithm must pass, and small data to pass it on. Needs pytest.

class TestCosineKNN(RecommenderContract):
    def fit(self, interactions): ...
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recotem_engine.artifact import ModelInfo, open_model, save_model
from recotem_engine.errors import NotSupported, UnknownIds
from recotem_engine.interactions import Columns, Interactions
from recotem_engine.recommender import Recommender
from recotem_engine.scorers import Popularity
from recotem_engine.signing import SigningKeys

KEYS = SigningKeys({"test": b"0123456789abcdef0123456789abcdef"})
_COLUMNS = Columns("user", "item", "time")


def model_info(interactions: Interactions, algorithm: str = "Test") -> ModelInfo:
    """What a model file says about a model trained on these."""
    return ModelInfo(
        algorithm=algorithm,
        parameters={},
        data_fingerprint=interactions.fingerprint(),
        n_users=interactions.n_users,
        n_items=interactions.n_items,
        n_interactions=interactions.n_events,
        metrics={},
        versions={},
        created="2024-09-01T00:00:00Z",
    )


def interactions_of(pairs: Iterable[tuple[str, str]]) -> Interactions:
    """From (user, item) pairs, one second after the other."""
    rows = [(user, item, 1_700_000_000 + n) for n, (user, item) in enumerate(pairs)]
    frame = pl.DataFrame(rows, schema=["user", "item", "time"], orient="row")
    return Interactions.from_frame(frame, _COLUMNS)


def block_pairs(
    seed: int, *, n_users: int = 120, n_items: int = 60, n_blocks: int = 4
) -> list[tuple[str, str]]:
    """(user, item) pairs in random order: people take 8 of the items of their block."""
    rng = np.random.default_rng(seed)
    size = n_items // n_blocks
    popularity = 1 / np.arange(1, size + 1) ** 0.3
    pairs = []
    for user in range(n_users):
        first = user % n_blocks * size
        chosen = rng.choice(size, 8, replace=False, p=popularity / popularity.sum())
        pairs += [(f"u{user}", f"i{first + item}") for item in chosen]
    return [pairs[n] for n in rng.permutation(len(pairs))]


def block_interactions(seed: int, **sizes: int) -> Interactions:
    """Structured data: users and items in blocks (see `block_pairs`)."""
    return interactions_of(block_pairs(seed, **sizes))


def popularity_of(interactions: Interactions) -> Recommender:
    """The baseline that recommends what most people took."""
    seen = interactions.matrix()
    counts = np.bincount(interactions.item_cols, minlength=interactions.n_items)
    scorer = Popularity(counts.astype(np.float32))
    return Recommender(interactions.users, interactions.items, seen, scorer)


def hit_rate(recommender: Recommender, held: dict[str, str], k: int) -> float:
    """Share of users whose held-out item is among their best `k`."""
    rankings = recommender.for_users(list(held), k)
    hits = [
        item in {scored.item_id for scored in ranking}
        for item, ranking in zip(held.values(), rankings, strict=True)
    ]
    return float(np.mean(hits))


class RecommenderContract(ABC):
    """Base of one test class per algorithm; say in the attributes what it cannot do."""

    scores_profiles = True
    knows_similar_items = True
    times_popularity = 2.0

    @abstractmethod
    def fit(self, interactions: Interactions) -> Recommender:
        """The algorithm under test, trained on these interactions."""

    @pytest.fixture(scope="class")
    @classmethod
    def interactions(cls) -> Interactions:
        return block_interactions(seed=1)

    @pytest.fixture(scope="class")
    @classmethod
    def recommender(cls, interactions: Interactions) -> Recommender:
        return cls().fit(interactions)

    def test_refuses_a_user_it_never_saw(self, recommender: Recommender) -> None:
        with pytest.raises(UnknownIds, match="nobody"):
            recommender.for_user("nobody")
        assert recommender.for_users(["nobody"]) == [[]]

    def test_recommends_k_items_that_the_user_has_not_seen(
        self, recommender: Recommender
    ) -> None:
        for user in recommender.users.ids(range(len(recommender.users))):
            ranking = recommender.for_user(user, 10)
            items = {scored.item_id for scored in ranking}
            scores = [scored.score for scored in ranking]
            assert len(items) == 10
            assert not items & set(recommender.profile_of(user))
            assert scores == sorted(scores, reverse=True)

    def test_gives_what_there_is_when_k_exceeds_the_catalogue(
        self, recommender: Recommender
    ) -> None:
        user = recommender.random_user(seed=0)
        unseen = len(recommender.items) - len(recommender.profile_of(user))
        assert len(recommender.for_user(user, 10_000)) == unseen

    def test_answers_a_batch_exactly_as_single_users(
        self, recommender: Recommender
    ) -> None:
        users = recommender.users.ids(range(20))
        batch = recommender.for_users(users, 10)
        assert batch == [recommender.for_user(user, 10) for user in users]

    def test_recommends_to_a_new_profile(self, recommender: Recommender) -> None:
        profile = [*recommender.profile_of("u0"), "no such item"]
        if not self.scores_profiles:
            with pytest.raises(NotSupported):
                recommender.for_profile(profile)
            return
        items = [scored.item_id for scored in recommender.for_profile(profile, 10)]
        assert len(items) == 10
        assert not set(items) & set(profile)

    def test_finds_similar_items(self, recommender: Recommender) -> None:
        if not self.knows_similar_items:
            with pytest.raises(NotSupported):
                recommender.similar_items("i0")
            return
        similar = recommender.similar_items("i0", 5)
        in_block = [int(scored.item_id[1:]) < 15 for scored in similar]
        assert "i0" not in {scored.item_id for scored in similar}
        assert sum(in_block) >= 4

    def test_scores_the_same_from_its_file(
        self, recommender: Recommender, interactions: Interactions, tmp_path: Path
    ) -> None:
        path = tmp_path / "model.rctm"
        save_model(path, recommender, model_info(interactions), KEYS)
        reopened = open_model(path, KEYS).recommender
        rows = np.arange(len(recommender.users))
        expected = recommender.scorer.score_users(rows, recommender.seen)
        scores = reopened.scorer.score_users(rows, reopened.seen)
        np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-5)
        assert reopened.for_user("u0") == recommender.for_user("u0")

    def test_beats_popularity_on_structured_data(self) -> None:
        pairs = block_pairs(seed=2)
        held = dict(pairs)
        rest = interactions_of(pair for pair in pairs if held[pair[0]] != pair[1])
        floor = self.times_popularity * hit_rate(popularity_of(rest), held, 7)
        assert hit_rate(self.fit(rest), held, 7) >= floor
