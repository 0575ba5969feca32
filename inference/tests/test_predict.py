"""What a client gets, and what it is refused."""

import uuid

import numpy as np
import pytest
from scipy import sparse

from inference import models
from inference.hot_path import HotPath, path_within
from recotem_engine.ids import IdMap
from recotem_engine.recommender import Recommender
from recotem_engine.scorers import Factors

pytestmark = pytest.mark.asyncio


async def test_refusals(world, serve):
    mine, other = world.project(), world.project()
    model, foreign = world.model(mine), world.model(other)
    waiting = world.model(mine, status="RUNNING")
    empty = world.project()
    world.slot(mine, model, weight=0)
    key, reader = world.key(mine), world.key(mine, "read", "write")
    empty_key = world.key(empty)
    user = {"user_id": "u1"}
    too_many = {"user_ids": ["u1"] * 101}
    table = [
        (f"{model}", "", user, 401, "not_authenticated"),
        (f"{model}", "nonsense", user, 401, "invalid_api_key"),
        (f"{model}", "é" * 69, user, 401, "invalid_api_key"),
        (f"{model}", key[:-1] + "!", user, 401, "invalid_api_key"),
        (f"{model}", key[:20] + key[20:][::-1], user, 401, "invalid_api_key"),
        (f"{model}", "", {"nonsense": 1}, 401, "not_authenticated"),
        (f"{model}", reader, user, 403, "scope_missing"),
        (f"{foreign}", key, user, 403, "other_project"),
        (f"{foreign}/batch", key, {"user_ids": ["u1"]}, 403, "other_project"),
        (f"project/{other}", key, user, 403, "other_project"),
        ("999999", key, user, 404, "model_not_found"),
        ("9" * 18, key, user, 404, "model_not_found"),
        ("9" * 40, key, user, 404, "model_not_found"),
        ("abc", key, user, 404, "model_not_found"),
        (f"{model}/other", key, user, 404, "not_found"),
        (f"{model}", key, {"user_id": "stranger"}, 404, "user_not_found"),
        (f"project/{mine}", key, user, 404, "no_active_slot"),
        (f"project/{empty}", empty_key, user, 404, "no_active_slot"),
        (f"{model}/batch", key, too_many, 400, "batch_too_long"),
        (f"{model}", key, {"user_id": 1}, 422, "invalid_body"),
        (f"{model}", key, {"user_id": "u1", "cutoff": 0}, 422, "invalid_body"),
        (f"{model}", key, {"user_id": "u1", "cutoff": 1001}, 422, "invalid_body"),
        (f"{model}/batch", key, {"user_ids": "u1"}, 422, "invalid_body"),
        (f"{model}", key, {"user_id": "x" * (1 << 20)}, 413, "body_too_large"),
        (f"{waiting}", key, user, 503, "model_not_ready"),
    ]
    client = await serve()
    for path, shown, body, status, code in table:
        headers = {b"X-API-Key": shown.encode("latin-1")} if shown else {}
        answer = await client.http.post(f"/predict/{path}", json=body, headers=headers)
        refusal = answer.json()
        case = (path, shown, str(body)[:60], refusal)
        assert (answer.status_code, refusal["code"]) == (status, code), case
        assert set(refusal) == {"detail", "code"}
        assert refusal["detail"].endswith(".")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"user_id": "\\ud800"}'])
async def test_a_body_that_is_no_json_object_is_refused(world, serve, body):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    answer = await client.http.post(
        f"/predict/{model}", content=body, headers={"X-API-Key": key}
    )
    assert answer.status_code == 422


async def test_one_user_gets_unseen_items_best_first(world, serve):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    answer = (await client.predict(f"{model}", key, user_id="u1", cutoff=2)).json()
    assert uuid.UUID(answer.pop("request_id")).version == 4
    assert answer == {
        "items": [{"item_id": "b", "score": 3.0}, {"item_id": "c", "score": 2.0}],
        "model_id": model,
    }


async def test_a_batch_keeps_the_order_and_answers_unknown_users_with_nothing(
    world, serve
):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    users = ["u2", "stranger", "u1"]
    answer = await client.predict(f"{model}/batch", key, user_ids=users)
    results = answer.json()["results"]
    assert [len(result["items"]) for result in results] == [3, 0, 3]
    assert len({result["request_id"] for result in results}) == 3


async def test_the_same_user_always_meets_the_same_slot(world, serve):
    project = world.project()
    key = world.key(project)
    slots = {
        world.slot(project, world.model(project), weight=50, name=name): name
        for name in ("control", "variant")
    }
    met: dict[str, set[int]] = {}
    client = await serve()
    for user in ("u1", "u2") * 5:
        answer = (await client.predict(f"project/{project}", key, user_id=user)).json()
        assert slots[answer["slot_id"]] == answer["slot_name"]
        met.setdefault(user, set()).add(answer["slot_id"])
    assert all(len(slot) == 1 for slot in met.values())


async def test_a_slot_with_a_model_of_another_project_serves_nothing(world, serve):
    project, other = world.project(), world.project()
    world.slot(project, world.model(other))
    client = await serve()
    answer = await client.predict(f"project/{project}", world.key(project))
    assert answer.json()["code"] == "no_active_slot"


async def test_a_key_lists_the_ready_models_of_its_own_project(world, serve):
    project, other = world.project(), world.project()
    ready = [world.model(project), world.model(project)]
    world.model(project, status="FAILED")
    world.model(other)
    client = await serve()
    headers = {"X-API-Key": world.key(project)}
    answer = await client.http.get("/models", headers=headers)
    assert answer.json() == {"models": ready[::-1], "count": 2}
    assert (await client.http.get("/models")).status_code == 401


async def test_a_large_model_answers_like_a_small_one(world, serve):
    users, items, k = IdMap.from_ids(["u1", "u2"]), 40_000, 32
    rng = np.random.default_rng(1)
    factors = Factors(
        rng.random((2, k), np.float32), rng.random((items, k), np.float32)
    )
    seen = sparse.csr_array((2, items), dtype=np.float32)
    names = IdMap.from_ids(f"i{n:05}" for n in range(items))
    recommender = Recommender(users, names, seen, factors)
    project = world.project()
    model, key = world.model(project, recommender), world.key(project)
    client = await serve()
    best = [item for item, _ in recommender.for_user("u1", 10)]
    assert await client.items(f"{model}", key) == best


async def test_paths_work_below_a_mount_point(world, serve):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    paths: list[str] = []

    async def mounted(scope, receive, send):
        inner = scope | {"root_path": "/inference"}
        paths.append(path_within(inner))
        await client.application(inner, receive, send)

    client.http._transport.app = mounted
    answer = await client.http.post(
        f"/inference/predict/{model}",
        json={"user_id": "u1"},
        headers={"X-API-Key": key},
    )
    assert answer.json()["model_id"] == model
    assert (await client.http.get("/inference/health")).json()["status"] == "ok"
    schema = (await client.http.get("/inference/openapi.json")).json()
    assert schema["servers"] == [{"url": "/inference"}]
    assert paths[0] == f"/predict/{model}"


async def test_a_surprise_is_answered_as_an_error_with_a_code(world, serve):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()

    async def fail(*_):
        raise RuntimeError("surprise")

    hot_path: HotPath = client.application._hot_path
    hot_path._service.recommendations.for_user = fail
    answer = await client.predict(f"{model}", key)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


async def test_a_path_that_cannot_be_looked_at_is_a_model_that_is_not_ready(
    world, serve
):
    project = world.project()
    model, key = world.model(project), world.key(project)
    below_a_file = f"{world.path(model).relative_to(world.media)}/x.rctm"
    world.change(models.trained_model, model, file=below_a_file)
    client = await serve()
    answer = await client.predict(f"{model}", key)
    assert (answer.status_code, answer.json()["code"]) == (503, "model_file_missing")
