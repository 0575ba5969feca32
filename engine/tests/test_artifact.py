from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from recotem_engine.artifact import open_model, read_info, save_model
from recotem_engine.errors import ArtifactError
from recotem_engine.fold_ins import IalsFoldIn
from recotem_engine.recommender import Recommender
from recotem_engine.scorers import Factors, ItemWeights
from recotem_engine.signing import SigningKeys
from recotem_engine.testing import (
    KEYS,
    block_interactions,
    interactions_of,
    model_info,
    popularity_of,
)

TINY = interactions_of([("u", "a"), ("v", "b"), ("v", "é")])
INFO = model_info(TINY)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("models") / "tiny.rctm"
    save_model(path, popularity_of(TINY), INFO, KEYS)
    return path.read_bytes()


def refusal(path: Path, content: bytes, keys: SigningKeys = KEYS) -> ArtifactError:
    path.write_bytes(content)
    with pytest.raises(ArtifactError) as of_model:
        open_model(path, keys)
    with pytest.raises(ArtifactError) as of_info:
        read_info(path, keys)
    assert str(of_model.value) == str(of_info.value)
    assert str(of_model.value).endswith(".")
    return of_model.value


def test_refuses_a_file_with_any_one_byte_changed(sound: bytes, tmp_path: Path) -> None:
    for place in range(len(sound)):
        changed = bytearray(sound)
        changed[place] ^= 1 + place % 255
        refusal(tmp_path / "changed.rctm", bytes(changed))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_refuses_a_file_cut_off_or_continued(
    sound: bytes, tmp_path: Path, data
) -> None:
    cut = data.draw(st.integers(0, len(sound) - 1))
    more = data.draw(st.binary(min_size=1, max_size=100))
    refusal(tmp_path / "cut.rctm", sound[:cut])
    refusal(tmp_path / "more.rctm", sound + more)
    refusal(tmp_path / "inside.rctm", sound[:cut] + more + sound[cut:])
    refusal(tmp_path / "random.rctm", more)
    refusal(tmp_path / "headed.rctm", sound[:16] + more * 20)


def test_says_which_key_it_does_not_know(sound: bytes, tmp_path: Path) -> None:
    other = SigningKeys({"another": bytes(32)})
    error = refusal(tmp_path / "m.rctm", sound, other)
    assert error.code == "artifact_unknown_key"
    assert "'test'" in str(error)


def test_refuses_a_key_of_the_same_name_with_other_content(
    sound: bytes, tmp_path: Path
) -> None:
    error = refusal(tmp_path / "m.rctm", sound, SigningKeys({"test": bytes(32)}))
    assert error.code == "artifact_damaged"


def test_says_that_a_file_comes_from_another_version(
    sound: bytes, tmp_path: Path
) -> None:
    newer = sound[:8] + (2).to_bytes(4, "little") + sound[12:]
    error = refusal(tmp_path / "m.rctm", newer)
    assert error.code == "artifact_version"
    assert "format 2" in str(error)


def test_opens_with_rotated_keys(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.rctm"
    path.write_bytes(sound)
    rotated = SigningKeys({"new": bytes(32), "test": KEYS._keys["test"]})
    assert read_info(path, rotated) == INFO


def test_tells_its_story(tmp_path: Path) -> None:
    info = replace(
        INFO,
        parameters={"top_k": 5, "scaling": None},
        metrics={"test": {"ndcg": 0.25, "interval": [0.2, 0.3]}},
        versions={"numpy": np.__version__},
    )
    save_model(tmp_path / "m.rctm", popularity_of(TINY), info, KEYS)
    assert open_model(tmp_path / "m.rctm", KEYS).info == info


def scorers_of(n_users: int, n_items: int) -> list[ItemWeights | Factors]:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(n_items, n_items)).astype(np.float32)
    factors = rng.normal(size=(n_users + n_items, 5)).astype(np.float32)
    users, items = factors[:n_users], factors[n_users:]
    fold_in = IalsFoldIn(0.1 * items.T @ items, alpha0=0.1, reg=0.1, nu=1.0)
    return [
        ItemWeights(weights),
        ItemWeights(sparse.csr_array(np.where(weights > 1, weights, 0))),
        ItemWeights(sparse.csr_array((n_items, n_items), dtype=np.float32)),
        Factors(users, items),
        Factors(users, items, fold_in),
    ]


@pytest.mark.parametrize("number", range(5))
def test_scores_the_same_to_the_last_bit_after_opening(
    tmp_path: Path, number: int
) -> None:
    log = block_interactions(seed=0)
    scorer = scorers_of(log.n_users, log.n_items)[number]
    model = Recommender(log.users, log.items, log.matrix(), scorer)
    save_model(tmp_path / "m.rctm", model, model_info(log), KEYS)
    again = open_model(tmp_path / "m.rctm", KEYS).recommender
    for user in ("u0", "u77"):
        assert again.for_user(user) == model.for_user(user)
        assert again.profile_of(user) == model.profile_of(user)
    if number != 3:
        assert again.for_profile(["i1", "i2"]) == model.for_profile(["i1", "i2"])


def bases(array):
    """An array, the one it is a view of, and so on."""
    while array is not None:
        yield array
        array = getattr(array, "base", None)


def test_maps_the_file_and_copies_nothing(tmp_path: Path) -> None:
    log = block_interactions(seed=0)
    scorer = scorers_of(log.n_users, log.n_items)[1]
    model = Recommender(log.users, log.items, log.matrix(), scorer)
    save_model(tmp_path / "m.rctm", model, model_info(log), KEYS)
    again = open_model(tmp_path / "m.rctm", KEYS).recommender
    seen = again.seen
    for array in (
        *again.users.arrays().values(),
        *again.scorer.arrays().values(),
        *(seen.data, seen.indices, seen.indptr),
    ):
        assert not array.flags.writeable
        assert array.ctypes.data % 64 == 0
        assert any(isinstance(base, np.memmap) for base in bases(array))


def test_replaces_a_file_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "m.rctm"
    save_model(path, popularity_of(TINY), INFO, KEYS)
    before = path.read_bytes()
    unwritable = replace(INFO, metrics={"test": object()})
    with pytest.raises(TypeError):
        save_model(path, popularity_of(TINY), unwritable, KEYS)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_model_in_use_survives_its_replacement(tmp_path: Path) -> None:
    path = tmp_path / "m.rctm"
    save_model(path, popularity_of(TINY), INFO, KEYS)
    old = open_model(path, KEYS).recommender
    log = block_interactions(seed=0)
    save_model(path, popularity_of(log), model_info(log), KEYS)
    assert [scored.item_id for scored in old.for_user("u")] == ["b", "é"]
