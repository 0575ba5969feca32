import numpy as np
import pytest
from scipy import sparse

from recotem_engine import scorers
from recotem_engine.errors import ArtifactError, NotSupported
from recotem_engine.fold_ins import IalsFoldIn, SvdFoldIn
from recotem_engine.scorers import Factors, ItemWeights, Popularity, Scorer
from recotem_engine.types import Csr, Floats

RNG = np.random.default_rng(0)


def random_floats(*shape: int) -> Floats:
    return RNG.normal(size=shape).astype(np.float32)


X: Csr = sparse.csr_array(
    (RNG.integers(1, 4, (5, 7)) * (RNG.random((5, 7)) < 0.5)).astype(np.float32)
)
USERS, ITEMS = random_floats(5, 3), random_floats(7, 3)
DENSE = random_floats(7, 7)
IALS = IalsFoldIn(
    gram=0.1 * (ITEMS.T @ ITEMS), alpha0=0.1, reg=0.02, nu=1.0, epsilon=0.5
)
EVERY: list[Scorer] = [
    Popularity(random_floats(7)),
    ItemWeights(DENSE),
    ItemWeights(sparse.csr_array(np.where(DENSE > 0, DENSE, 0))),
    Factors(USERS, ITEMS),
    Factors(USERS, ITEMS, SvdFoldIn()),
    Factors(USERS, ITEMS, IALS),
]


def test_refuses_what_a_model_cannot_answer() -> None:
    with pytest.raises(NotSupported, match="not trained on"):
        Factors(USERS, ITEMS).score_profiles(X)
    with pytest.raises(NotSupported, match="popular"):
        Popularity(random_floats(7)).similar_items(0)


@pytest.mark.parametrize(
    ("kind", "arrays", "options"),
    [
        ("neural", {}, {}),
        ("popularity", {}, {}),
        ("popularity", {"scores": np.zeros(3)}, {}),
        ("popularity", {"scores": np.zeros((3, 3), np.float32)}, {}),
        ("factors", {"user_factors": USERS, "item_factors": ITEMS}, {}),
        ("factors", EVERY[3].arrays(), {"fold_in": "magic"}),
        ("factors", EVERY[3].arrays(), {"fold_in": "ials"}),
        ("item_weights", EVERY[2].arrays() | {"data": random_floats(1)}, {}),
    ],
)
def test_refuses_arrays_that_make_no_model(kind, arrays, options) -> None:
    with pytest.raises(ArtifactError):
        scorers.from_arrays(kind, arrays, options)


@pytest.mark.parametrize("scorer", EVERY)
def test_comes_back_from_its_arrays(scorer: Scorer) -> None:
    again = scorers.from_arrays(scorer.kind, scorer.arrays(), scorer.options())
    rows = np.arange(5)
    scores = scorer.score_users(rows, X)
    assert scores.shape == (5, scorer.n_items) == (5, 7)
    assert scores.dtype == np.float32
    np.testing.assert_array_equal(again.score_users(rows, X), scores)


def test_item_weights_score_x_times_w() -> None:
    for weights in (DENSE, sparse.csr_array(DENSE)):
        scorer = ItemWeights(weights)
        expected = X.toarray() @ DENSE
        np.testing.assert_allclose(scorer.score_profiles(X), expected, rtol=1e-5)
        np.testing.assert_array_equal(scorer.similar_items(2), DENSE[2])


def test_svd_folds_a_training_profile_into_its_own_factors() -> None:
    u, s, vt = np.linalg.svd(X.toarray(), full_matrices=False)
    scorer = Factors(u[:, :3] * s[:3], vt[:3].T, SvdFoldIn())
    np.testing.assert_allclose(
        scorer.score_profiles(X), scorer.score_users(np.arange(5), X), atol=1e-5
    )


@pytest.mark.parametrize("loss", ["IALSPP", "ORIGINAL"])
@pytest.mark.parametrize("scaling", ["none", "log"])
def test_ials_fold_in_minimises_the_weighted_squared_error(loss, scaling) -> None:
    """At its minimum the gradient of the loss over all items is zero."""
    fold_in = IalsFoldIn(IALS.gram, 0.1, 0.02, 1.0, loss, scaling, 0.5)
    factors = fold_in.user_factors(X, ITEMS).astype(np.float64)
    x = X.toarray().astype(np.float64)
    confidence = np.log1p(x / 0.5) if scaling == "log" else x
    # targets: observed 1; with the original loss their unobserved part weighs as well
    pull = confidence + (0.1 * (x > 0) if loss == "ORIGINAL" else 0)
    for user, weight, target, nnz in zip(
        factors, confidence, pull, (x > 0).sum(axis=1), strict=True
    ):
        ridge = 0.02 * (0.1 * 7 + nnz)
        gradient = ITEMS.T @ ((0.1 + weight) * (ITEMS @ user) - target) + ridge * user
        np.testing.assert_allclose(gradient, 0, atol=1e-4)


def test_nobody_gets_the_zero_vector() -> None:
    empty: Csr = sparse.csr_array((1, 7), dtype=np.float32)
    assert not IALS.user_factors(empty, ITEMS).any()


def test_similar_items_by_cosine_and_none_without_factors() -> None:
    items = np.array([[1, 0], [5, 5], [0, 0]], np.float32)
    similar = Factors(USERS[:, :2], items).similar_items(0)
    np.testing.assert_allclose(similar, [1, 0.5**0.5, 0], rtol=1e-6)
    assert not Factors(USERS[:, :2], items).similar_items(2).any()


@pytest.mark.parametrize("scorer", EVERY)
def test_one_user_scores_as_among_others(scorer: Scorer) -> None:
    profiles = sparse.csr_array(np.vstack([X.toarray()[:4], np.zeros(7, np.float32)]))
    together = scorer.score_users(np.arange(5), profiles)
    for row in range(5):
        start, end = profiles.indptr[row : row + 2]
        cols, weights = profiles.indices[start:end], profiles.data[start:end]
        alone = scorer.score_user(row, cols, weights)
        assert (alone.shape, alone.dtype) == ((7,), np.float32)
        np.testing.assert_allclose(alone, together[row], rtol=0, atol=1e-5)
