"""Training: the spec is checked first, and decides the model alone."""

from typing import Any

import numpy as np
import pytest

from recotem_engine.algorithms import ALGORITHMS
from recotem_engine.errors import ConfigError
from recotem_engine.recommender import Recommender
from recotem_engine.testing import block_interactions, interactions_of
from recotem_engine.training import TrainingSpec, model_info, train


def user_factors(recommender: Recommender) -> Any:
    return recommender.scorer.arrays()["user_factors"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"algorithm": "Nothing"}, "unknown_algorithm"),
        ({"algorithm": "IALS", "parameters": {"n_components": -1}}, "bad_parameter"),
    ],
)
def test_a_spec_that_cannot_be_trained_is_refused_at_once(
    values: dict[str, Any], code: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingSpec.from_json(values)
    assert caught.value.code == code


def test_data_seed_and_parameters_decide_the_model() -> None:
    data = block_interactions(seed=1)
    spec = TrainingSpec("IALSRecommender", {"n_components": 8, "train_epochs": 3})
    first, second = train(data, spec), train(data, spec)
    other = train(data, TrainingSpec(spec.algorithm, spec.parameters, random_seed=1))
    assert user_factors(first).shape == (data.n_users, 8)
    np.testing.assert_array_equal(user_factors(first), user_factors(second))
    assert not np.array_equal(user_factors(first), user_factors(other))


def test_progress_is_told_before_each_epoch() -> None:
    told: list[Any] = []
    spec = TrainingSpec("IALS", {"n_components": 4, "train_epochs": 3})
    train(block_interactions(seed=1), spec, on_progress=told.append)
    assert told == [
        {"stage": "fitting", "epoch": epoch, "n_epochs": 3} for epoch in range(3)
    ]


def test_a_model_of_one_user_and_one_item_has_nothing_to_recommend() -> None:
    data = interactions_of([("ada", "pen")])
    for name in ("TopPop", "CosineKNN", "RP3beta", "IALS"):
        assert train(data, TrainingSpec(name)).for_user("ada") == []


def test_the_model_tells_its_story_with_complete_parameters() -> None:
    data = block_interactions(seed=1)
    spec = TrainingSpec("RP3betaRecommender", {"top_k": 15})
    info = model_info(data, spec, metrics={"ndcg": 0.5})
    assert (info.algorithm, info.metrics) == ("RP3beta", {"ndcg": 0.5})
    assert info.parameters["top_k"] == 15
    assert info.parameters["normalize_weight"] is True
    assert info.n_interactions == data.n_events
    assert {"irspack", "numpy", "python"} <= set(info.versions)


def test_a_spec_travels_as_json() -> None:
    spec = TrainingSpec("IALS", {"n_components": 8}, random_seed=3)
    assert TrainingSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("name", ALGORITHMS)
def test_any_whole_number_is_a_seed(name: str) -> None:
    data = block_interactions(seed=1)
    for seed in (-1, 2**31, 2**64):
        assert train(data, TrainingSpec(name, random_seed=seed)).for_user("u0")
