import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from recotem_engine.errors import ConfigError, UnknownIds
from recotem_engine.fold_ins import SvdFoldIn
from recotem_engine.ids import IdMap
from recotem_engine.recommender import Recommender, top_items
from recotem_engine.scorers import Factors, ItemWeights, Popularity

# columns are a b c d; u saw a and twice b, v saw nothing of use
SEEN = sparse.csr_array(np.array([[1, 2, 0, 0], [0, 0, 0, 1]], np.float32))
USERS, ITEMS = IdMap.from_ids(["u", "v"]), IdMap.from_ids(["a", "b", "c", "d"])


def recommender(scores: list[float]) -> Recommender:
    return Recommender(USERS, ITEMS, SEEN, Popularity(np.array(scores, np.float32)))


def names(ranking) -> str:
    return "".join(scored.item_id for scored in ranking)


def test_refuses_unknown_ids_by_name() -> None:
    model = recommender([1, 2, 3, 4])
    for question in (model.for_user, model.similar_items, model.profile_of):
        with pytest.raises(UnknownIds, match="'x'"):
            question("x")


def test_refuses_a_negative_number_of_items() -> None:
    with pytest.raises(ConfigError, match="-1"):
        recommender([1, 2, 3, 4]).for_user("u", -1)


def test_refuses_parts_of_different_size() -> None:
    with pytest.raises(ConfigError):
        recommender([1, 2, 3])


def test_hides_the_seen_and_gives_what_there_is() -> None:
    model = recommender([4, 3, 2, 1])
    assert names(model.for_user("u", 10)) == "cd"
    assert names(model.for_user("v", 2)) == "ab"
    assert model.for_user("u", 0) == []
    assert model.for_user("u", 1)[0].score == 2.0


def test_breaks_ties_by_the_order_of_items() -> None:
    assert names(recommender([1, 1, 1, 1]).for_user("v", 2)) == "ab"


def test_leaves_out_what_is_no_number() -> None:
    scores = [float("nan"), float("-inf"), 5, float("inf")]
    assert names(recommender(scores).for_user("v")) == "c"


def test_fills_up_with_items_without_evidence() -> None:
    weights = np.zeros((4, 4), np.float32)
    weights[0, 3] = 1
    model = Recommender(USERS, ITEMS, SEEN, ItemWeights(sparse.csr_array(weights)))
    assert names(model.for_user("u")) == "dc"


def test_answers_for_profiles_without_the_unknown_items() -> None:
    weights = np.zeros((4, 4), np.float32)
    weights[0, 2] = weights[1, 3] = 1
    model = Recommender(USERS, ITEMS, SEEN, ItemWeights(weights))
    assert names(model.for_profile(["a", "nothing"], 2)) == "cb"
    assert names(model.for_profile(["b", "a", "b"])) == "dc"
    assert model.for_profile(["nothing"]) == model.for_profile([]) == []


def test_similar_items_are_others() -> None:
    items = np.array([[1, 0], [1, 0.1], [1, 1], [-1, 0]], np.float32)
    model = Recommender(USERS, ITEMS, SEEN, Factors(items[:2], items))
    assert names(model.similar_items("a", 2)) == "bc"


def test_shows_profiles_and_draws_users_by_seed() -> None:
    model = recommender([1, 2, 3, 4])
    assert model.profile_of("u") == ["a", "b"]
    assert model.random_user(seed=3) == model.random_user(seed=3) in ("u", "v")


def test_answers_in_the_order_of_the_question_empty_for_the_unknown() -> None:
    model = recommender([4, 3, 2, 1])
    assert list(map(names, model.for_users(["v", "x", "u", "v"], 2))) == [
        "ab",
        "",
        "cd",
        "ab",
    ]


def test_a_batch_equals_single_questions_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    users = IdMap.from_ids(f"u{n}" for n in range(40))
    items = IdMap.from_ids(f"i{n}" for n in range(333))
    seen = sparse.csr_array((rng.random((40, 333)) < 0.1).astype(np.float32))
    factors = rng.normal(size=(373, 19)).astype(np.float32)
    model = Recommender(
        users, items, seen, Factors(factors[:40], factors[40:], SvdFoldIn())
    )
    everybody = users.ids(range(40))
    batch = model.for_users(everybody, 50)
    assert batch == [model.for_user(user, 50) for user in everybody]
    assert batch[::-1] == model.for_users(everybody[::-1], 50)


few_scores = st.sampled_from([0.0, 1.0, 2.0, float("nan"), float("-inf")])


@given(
    arrays(np.float32, st.integers(1, 30), elements=few_scores),
    st.sets(st.integers(0, 29)),
    st.integers(0, 40),
)
def test_top_items_are_those_of_a_full_sort(scores, hidden, k) -> None:
    cols = np.array([col for col in hidden if col < len(scores)], np.int32)
    candidates = [
        col
        for col in range(len(scores))
        if np.isfinite(scores[col]) and col not in cols
    ]
    expected = sorted(candidates, key=lambda col: (-scores[col], col))[:k]
    assert top_items(scores, cols, k).tolist() == expected
