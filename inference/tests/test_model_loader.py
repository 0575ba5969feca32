"""Which models are in memory, and which files are never served."""

import asyncio

import pytest

from inference import artifacts, models
from recotem_engine.signing import SigningKeys

pytestmark = pytest.mark.asyncio


def flip(path, position: int = -100) -> None:
    """Changes one byte in place."""
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


@pytest.fixture
def opened(monkeypatch):
    """Paths of the model files that were opened."""
    paths: list[str] = []
    open_model = artifacts.open_model

    def count(path, keys):
        paths.append(path.name)
        return open_model(path, keys)

    monkeypatch.setattr(artifacts, "open_model", count)
    return paths


@pytest.mark.parametrize("position", [0, 20, 200, -100, -1])
async def test_one_changed_byte_and_the_model_is_refused(world, serve, position):
    project = world.project()
    damaged, sound, key = world.model(project), world.model(project), world.key(project)
    flip(world.path(damaged), position)
    client = await serve()
    answer = await client.predict(f"{damaged}", key)
    assert answer.status_code == 503
    assert answer.json()["code"].startswith("artifact_")
    assert f"Model {damaged}" in answer.json()["detail"]
    assert (await client.predict(f"{sound}", key)).status_code == 200
    assert (await client.http.get("/health")).status_code == 200


async def test_a_refused_file_is_not_read_again_until_it_changes(world, serve, opened):
    project = world.project()
    model, key = world.model(project), world.key(project)
    path = world.path(model)
    flip(path)
    client = await serve()
    for _ in range(3):
        assert (await client.predict(f"{model}", key)).status_code == 503
    assert len(opened) == 1
    flip(path)
    assert (await client.predict(f"{model}", key)).status_code == 200


async def test_a_served_file_that_is_changed_in_place_is_served_no_more(
    world, serve, eventually
):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    assert (await client.predict(f"{model}", key)).status_code == 200
    flip(world.path(model))

    async def is_refused() -> bool:
        return (await client.predict(f"{model}", key)).status_code == 503

    await eventually(is_refused)


async def test_a_file_signed_by_somebody_else_or_missing_or_outside_is_refused(
    world, serve
):
    project = world.project()
    model, key = world.model(project), world.key(project)
    recommender = artifacts.open_model(world.path(model), world.keys).recommender
    foreign = world.write(recommender, SigningKeys.parse(f"k:{'ab' * 32}"))
    client = await serve()
    for file, code in [
        (foreign, "artifact_unknown_key"),
        ("models/none.rctm", "model_file_missing"),
        ("../outside.rctm", "model_not_ready"),
    ]:
        world.change(models.trained_model, model, file=file)
        await client.application._service.watcher.look()
        answer = await client.predict(f"{model}", key)
        assert (answer.status_code, answer.json()["code"]) == (503, code)


async def test_a_cold_model_is_loaded_once_however_many_ask(world, serve, opened):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    answers = [client.predict(f"{model}", key) for _ in range(20)]
    assert {a.status_code for a in await asyncio.gather(*answers)} == {200}
    assert len(opened) == 1


async def test_the_least_used_model_goes_and_deployed_ones_stay(world, serve):
    project = world.project()
    deployed, *others = [world.model(project) for _ in range(4)]
    world.slot(project, deployed)
    key = world.key(project)
    client = await serve(inference_max_loaded_models=2)
    assert await client.items(f"project/{project}", key)
    for model in others:
        assert await client.items(f"{model}", key)
    registry = client.application._service.registry
    assert registry.ids == [deployed, others[-1]]
    assert (await client.health())["loaded_models"] == 2


async def test_models_are_preloaded_and_missing_ones_do_not_stop_the_start(
    world, serve
):
    model = world.model(world.project())
    client = await serve(inference_preload_model_ids=(model, 99_999))
    assert (await client.health())["loaded_models"] == 1
