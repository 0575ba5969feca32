"""Each algorithm of the list passes the contract and scores as irspack does."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from recotem_engine.algorithms import (
    ALGORITHMS,
    algorithm,
    check_parameters,
    default_algorithms,
)
from recotem_engine.errors import ConfigError
from recotem_engine.evaluation import EvaluationSpec, evaluate
from recotem_engine.fold_ins import NmfFoldIn
from recotem_engine.interactions import Interactions
from recotem_engine.parameters import Value
from recotem_engine.recommender import Recommender
from recotem_engine.scorers import Factors, Scorer
from recotem_engine.splitting import SplitSpec, split
from recotem_engine.testing import RecommenderContract, block_interactions
from recotem_engine.training import TrainingSpec, train
from recotem_engine.types import Csr, Floats


class _Contract(RecommenderContract):
    """The contract with the algorithm's defaults."""

    algorithm: str

    def fit(self, interactions: Interactions) -> Recommender:
        return train(interactions, TrainingSpec(self.algorithm))


class TestIALS(_Contract):
    algorithm = "IALS"


class TestRP3beta(_Contract):
    algorithm = "RP3beta"


class TestCosineKNN(_Contract):
    algorithm = "CosineKNN"


class TestDenseSLIM(_Contract):
    algorithm = "DenseSLIM"


class TestEDLAE(_Contract):
    algorithm = "EDLAE"


class TestP3alpha(_Contract):
    algorithm = "P3alpha"


class TestSLIM(_Contract):
    algorithm = "SLIM"


class TestAsymmetricCosineKNN(_Contract):
    algorithm = "AsymmetricCosineKNN"


class TestJaccardKNN(_Contract):
    algorithm = "JaccardKNN"


class TestTverskyIndexKNN(_Contract):
    algorithm = "TverskyIndexKNN"


class TestCosineUserKNN(_Contract):
    algorithm = "CosineUserKNN"
    scores_profiles = False
    knows_similar_items = False


class TestAsymmetricCosineUserKNN(_Contract):
    algorithm = "AsymmetricCosineUserKNN"
    scores_profiles = False
    knows_similar_items = False


class TestNMF(_Contract):
    algorithm = "NMF"


class TestTruncatedSVD(_Contract):
    algorithm = "TruncatedSVD"


class TestTopPop(_Contract):
    algorithm = "TopPop"
    knows_similar_items = False
    times_popularity = 1.0


def test_each_algorithm_of_the_list_is_held_to_the_contract() -> None:
    held = {kind.algorithm for kind in _Contract.__subclasses__()}
    assert held == set(ALGORITHMS)


@pytest.fixture(scope="module")
def matrix() -> Csr:
    """Counts 1 to 4, 200 users by 80 items."""
    rng = np.random.default_rng(5)
    taken = rng.random((200, 80)) < rng.random(80) * 0.3
    taken[:, 0] = True
    counts = np.where(taken, rng.integers(1, 5, taken.shape), 0)
    return sparse.csr_array(counts.astype(np.float32))


@pytest.fixture(scope="module")
def profiles(matrix: Csr) -> Csr:
    """What 30 people took who are not in the matrix."""
    rng = np.random.default_rng(6)
    return sparse.csr_array(
        (rng.random((30, matrix.shape[1])) < 0.1).astype(np.float32)
    )


@pytest.fixture(scope="module")
def library() -> Any:
    """irspack as a whole, which takes seconds to import."""
    return pytest.importorskip("irspack")


def assert_equal_scores(ours: Floats, theirs: Any, tolerance: float = 1e-5) -> None:
    theirs = np.asarray(theirs)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() <= tolerance * np.abs(theirs).max()


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("TopPop", {}),
        ("CosineKNN", {"normalize": False, "feature_weighting": "NONE"}),
        ("CosineKNN", {"top_k": 9, "feature_weighting": "TF_IDF", "shrinkage": 3.0}),
        ("CosineKNN", {"feature_weighting": "BM_25", "bm25_k1": 2.0, "bm25_b": 0.3}),
        ("RP3beta", {"top_k": 12, "beta": 0.4, "normalize_weight": False}),
        ("RP3beta", {"alpha": 0.5, "beta": 0.1, "normalize_weight": True}),
        ("P3alpha", {"top_k": 12, "normalize_weight": False}),
        ("P3alpha", {"alpha": 0.5, "normalize_weight": True}),
        ("AsymmetricCosineKNN", {"alpha": 0.2, "top_k": 9}),
        ("AsymmetricCosineKNN", {"alpha": 0.9, "feature_weighting": "NONE"}),
        ("JaccardKNN", {"top_k": 9, "shrinkage": 2.0}),
        ("TverskyIndexKNN", {"alpha": 0.3, "beta": 1.5}),
        ("SLIM", {"alpha": 0.01, "l1_ratio": 0.5}),
        ("SLIM", {"positive_only": False, "top_k": 20}),
        ("DenseSLIM", {"reg": 20.0}),
        ("EDLAE", {"reg": 20.0, "dropout_p": 0.4}),
    ],
)
def test_scores_equal_those_of_irspack(
    library: Any, matrix: Csr, profiles: Csr, name: str, parameters: dict[str, Value]
) -> None:
    family = algorithm(name)
    ours = family.fit(matrix, parameters)
    kind = getattr(library, family.class_name)
    complete = family.complete(parameters)
    threads = {"n_threads": 1} if family.order_matters else {}
    theirs = kind(sparse.csr_matrix(matrix), **complete, **threads).learn()
    rows = np.arange(matrix.shape[0])
    assert_equal_scores(ours.score_users(rows, matrix), theirs.get_score(rows))
    assert_equal_scores(
        ours.score_profiles(profiles),
        theirs.get_score_cold_user(sparse.csr_matrix(profiles)),
    )


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("CosineUserKNN", {"feature_weighting": "NONE", "normalize": False}),
        ("CosineUserKNN", {"feature_weighting": "BM_25", "top_k": 20}),
        ("AsymmetricCosineUserKNN", {"alpha": 0.3, "feature_weighting": "TF_IDF"}),
    ],
)
def test_scores_of_user_neighbours_equal_those_of_irspack(
    library: Any, matrix: Csr, name: str, parameters: dict[str, Value]
) -> None:
    family = algorithm(name)
    kind = getattr(library, family.class_name)
    theirs = kind(sparse.csr_matrix(matrix), **family.complete(parameters)).learn()
    rows = np.arange(matrix.shape[0])
    ours = family.fit(matrix, parameters).score_users(rows, matrix)
    assert_equal_scores(ours, theirs.get_score(rows))


@pytest.mark.parametrize("name", ["NMF", "TruncatedSVD"])
def test_scores_of_factors_equal_those_of_irspack(
    library: Any, matrix: Csr, profiles: Csr, name: str
) -> None:
    family = algorithm(name)
    complete = family.complete({"n_components": 6})
    seed = {"random_seed": 42} if name == "TruncatedSVD" else {}
    kind = getattr(library, family.class_name)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        x = sparse.csr_matrix(matrix, dtype=float)
        theirs = kind(x, **complete, **seed).learn()
    ours = family.fit(matrix, complete, seed=42)
    rows = np.arange(matrix.shape[0])
    assert_equal_scores(ours.score_users(rows, matrix), theirs.get_score(rows))
    cold = theirs.get_score_cold_user(sparse.csr_matrix(profiles, dtype=float))
    # scikit-learn stops NMF's descent before its end, we solve it.
    tolerance = 1e-2 if name == "NMF" else 1e-5
    assert_equal_scores(ours.score_profiles(profiles), cold, tolerance)


def test_a_profile_of_non_negative_factors_is_solved_to_the_end(
    matrix: Csr, profiles: Csr
) -> None:
    scorer = algorithm("NMF").fit(matrix, {"n_components": 6, "alpha": 1e-3})
    assert isinstance(scorer, Factors)
    assert isinstance(scorer.fold_in, NmfFoldIn)
    users = scorer.fold_in.user_factors(profiles, scorer.item_factors)
    items, fold_in = scorer.item_factors, scorer.fold_in
    slope = (users @ items.T - profiles) @ items + fold_in.l1 + fold_in.l2 * users
    assert (users >= 0).all()
    assert (slope >= -1e-3).all()
    assert np.abs(slope[users > 0]).max() < 1e-3


def test_all_pairs_of_a_large_catalogue_are_not_tried_unasked() -> None:
    small, large = default_algorithms(1_000), default_algorithms(100_000)
    assert set(small) - set(large) == {"DenseSLIM", "EDLAE"}
    assert "TopPop" in large


def test_data_that_need_regularisation_say_so() -> None:
    same = sparse.csr_array(np.full((3, 200), 1000, np.float32))
    with pytest.raises(ConfigError, match="larger 'reg'"):
        algorithm("DenseSLIM").fit(same, {"reg": 1e-3})


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_components": 8},
        {"loss_type": "ORIGINAL", "nu": 0.5, "solver_type": "CHOLESKY"},
        {"confidence_scaling": "log", "epsilon": 0.5, "max_cg_steps": 5},
    ],
)
def test_ials_scores_equal_those_of_irspack_solved_exactly(
    library: Any, matrix: Csr, profiles: Csr, parameters: dict[str, Value]
) -> None:
    complete = algorithm("IALS").complete({"n_components": 16} | parameters)
    ours = algorithm("IALS").fit(matrix, complete, seed=7)
    theirs = library.IALSRecommender(
        sparse.csr_matrix(matrix),
        **complete,
        random_seed=7,
        n_threads=1,
        prediction_time_max_cg_steps=0,
    )
    theirs.start_learning()
    for _ in range(int(complete["train_epochs"])):
        theirs.run_epoch()
    rows = np.arange(matrix.shape[0])
    assert_equal_scores(ours.score_users(rows, matrix), theirs.get_score(rows))
    assert_equal_scores(
        ours.score_profiles(profiles),
        theirs.get_score_cold_user(sparse.csr_matrix(profiles)),
    )


@pytest.mark.parametrize("name", ["NoSuchThing", "BaseKNN", "ials", ""])
def test_an_unknown_algorithm_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="There is no algorithm named") as caught:
        algorithm(name)
    assert caught.value.code == "unknown_algorithm"


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("IALS", {"n_factors": 8}, "IALS has no parameter 'n_factors'"),
        ("TopPop", {"top_k": 8}, "It takes: none"),
        ("IALS", {"n_components": 8.5}, "'n_components' of IALS must be a whole"),
        ("IALS", {"n_components": 0}, "'n_components' of IALS must lie between 1 and"),
        ("IALS", {"reg": 10**400}, "'reg' of IALS must lie between 0 and"),
        ("IALS", {"n_components": True}, "must be a number"),
        ("IALS", {"reg": "0.1"}, "must be a number"),
        ("IALS", {"reg": float("nan")}, "must lie between"),
        ("IALS", {"reg": None}, "must be a number"),
        ("CosineKNN", {"normalize": 1}, "'normalize' of CosineKNN must be one of"),
        ("CosineKNN", {"feature_weighting": "BM25"}, "must be one of BM_25, TF_IDF"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused_by_name(
    name: str, parameters: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        check_parameters(name, parameters)
    assert caught.value.code == "bad_parameter"


def test_names_go_with_and_without_suffix_and_numbers_get_their_type() -> None:
    assert algorithm("RP3betaRecommender") is algorithm("RP3beta")
    checked = check_parameters("IALSRecommender", {"n_components": 64.0, "reg": 1})
    assert checked == {"n_components": 64, "reg": 1.0}
    assert [type(value) for value in checked.values()] == [int, float]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_defaults_are_accepted_and_lie_where_tuning_looks(name: str) -> None:
    family = ALGORITHMS[name]
    for parameters in family.screening:
        complete = family.complete(parameters)
        assert set(complete) == set(family.parameters)
        for key, spec in family.searched.items():
            assert spec.choices or spec.low <= complete[key] <= spec.high  # type: ignore[operator]


def factors_of(scorer: Scorer) -> Mapping[str, Any]:
    return {name: array.tolist() for name, array in scorer.arrays().items()}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_same_seed_gives_the_same_model_without_a_word(
    matrix: Csr, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    first, second = (ALGORITHMS[name].fit(matrix, {}, seed=3) for _ in range(2))
    assert factors_of(first) == factors_of(second)
    assert capfd.readouterr() == ("", "")


def test_another_seed_gives_another_ials_model(matrix: Csr) -> None:
    first, second = (ALGORITHMS["IALS"].fit(matrix, {}, seed=seed) for seed in (3, 4))
    assert factors_of(first) != factors_of(second)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_more_threads_give_the_same_quality(name: str) -> None:
    parts = split(block_interactions(seed=3), SplitSpec())
    scores = [
        evaluate(
            ALGORITHMS[name].fit(parts.train, {}, threads=threads),
            parts.train,
            parts.validation,
            EvaluationSpec(cutoff=7),
        ).metrics["ndcg"]
        for threads in (1, 2)
    ]
    assert scores[0] == pytest.approx(scores[1], rel=0.05)
