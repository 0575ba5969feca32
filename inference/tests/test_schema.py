"""What FastAPI documents is what the handler in front of it does."""

import json
import re
import uuid

import msgspec
import pytest
from pydantic import BaseModel, ValidationError

from inference import errors, schemas
from inference.hot_path import _ROUTES, Many, One
from inference.request_ids import RequestIds

BODIES = [
    {"user_id": "u"},
    {"user_id": "", "cutoff": 1000},
    {"user_id": "u", "more": 1},
    {},
    {"user_id": None},
    {"user_id": 3},
    {"user_id": True},
    {"user_id": "u", "cutoff": None},
    {"user_id": "u", "cutoff": 0},
    {"user_id": "u", "cutoff": 1001},
    {"user_id": "u", "cutoff": 1.0},
    {"user_id": "u", "cutoff": "3"},
    {"user_id": "u", "cutoff": True},
    {"user_ids": []},
    {"user_ids": ["a", "b"], "cutoff": 5},
    {"user_ids": ["a", 1]},
    {"user_ids": "a"},
    [],
]


def documented(model: type[BaseModel], body: bytes) -> bool:
    try:
        model.model_validate_json(body)
    except ValidationError:
        return False
    return True


def accepted(kind: type[msgspec.Struct], body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("body", BODIES)
def test_the_handler_takes_the_bodies_that_are_documented(body):
    raw = json.dumps(body).encode()
    for model, kind in ((schemas.PredictRequest, One), (schemas.BatchRequest, Many)):
        assert documented(model, raw) == accepted(kind, raw)


@pytest.mark.asyncio
async def test_the_handler_s_answers_fit_the_documented_models(world, serve):
    project = world.project()
    model, key = world.model(project), world.key(project)
    world.slot(project, model)
    client = await serve()
    batch = await client.predict(f"{model}/batch", key, user_ids=["u1", "u3"])
    answers = [
        (schemas.Prediction, await client.predict(f"{model}", key)),
        (schemas.SlotPrediction, await client.predict(f"project/{project}", key)),
        (schemas.BatchPrediction, batch),
        (schemas.ErrorBody, await client.predict(f"{model}")),
    ]
    for kind, answer in answers:
        known = kind.model_validate_json(answer.content)
        assert known.model_dump(mode="json") == answer.json()


@pytest.mark.asyncio
async def test_every_route_is_documented_with_its_key_and_its_refusals(world, serve):
    client = await serve()
    paths = (await client.http.get("/openapi.json")).json()["paths"]
    documented_posts = {path for path in paths if "post" in paths[path]}
    assert documented_posts == set(_ROUTES)
    for path in documented_posts:
        operation = paths[path]["post"]
        assert operation["security"] == [{"ApiKey": []}]
        assert {"200", "401", "403", "404", "422", "429", "503"} <= set(
            operation["responses"]
        )
    assert set(paths) - documented_posts == {"/health", "/models", "/metrics"}


@pytest.mark.asyncio
async def test_what_the_framework_refuses_has_the_same_body(world, serve):
    client = await serve()
    wrong_method = await client.http.get("/predict/1")
    unknown = await client.http.get("/nothing")
    assert (wrong_method.status_code, unknown.status_code) == (405, 404)
    assert wrong_method.json()["code"] == "method_not_allowed"
    assert unknown.json()["code"] == "not_found"


@pytest.mark.asyncio
async def test_counters_are_in_prometheus_format(world, serve):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    await client.predict(f"{model}", key)
    await client.predict(f"{model}")
    text = (await client.http.get("/metrics")).text
    route = 'route="/predict/{model_id}"'
    assert f'recotem_inference_requests_total{{{route},status="200"}} 1' in text
    assert f'recotem_inference_requests_total{{{route},status="401"}} 1' in text
    assert f"recotem_inference_request_seconds_count{{{route}}} 2" in text
    assert "recotem_inference_loaded_models 1" in text


def test_each_refusal_has_a_code_of_its_own_and_a_sentence():
    kinds = [errors.InferenceError, *_all_below(errors.InferenceError)]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)
    for kind in kinds:
        assert re.fullmatch(r"[a-z_]+", kind.code)
        assert kind.message.endswith(".")


def _all_below(kind: type) -> list[type]:
    below = kind.__subclasses__()
    return below + [deeper for one in below for deeper in _all_below(one)]


def test_request_ids_are_different_uuids_of_version_4():
    ids = RequestIds()
    drawn = [ids.next() for _ in range(10_000)]
    assert len(set(drawn)) == len(drawn)
    for text in drawn[:500]:
        parsed = uuid.UUID(text)
        assert (str(parsed), parsed.version) == (text, 4)
        assert parsed.variant == uuid.RFC_4122
