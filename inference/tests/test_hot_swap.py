"""A change in the database is served soon, with or without Redis."""

import asyncio

import pytest
import redis.asyncio as aioredis

from inference import hot_swap, models
from recotem_contracts.model_events import CHANNEL, SlotsChanged
from tests.conftest import RedisServer, popularity

pytestmark = pytest.mark.asyncio

OLD, NEW = ["b", "c", "d"], ["y", "z"]


@pytest.fixture
def deployed(world):
    """A project with a key and a slot: (project, key, model, slot)."""
    project = world.project()
    model = world.model(project)
    return project, world.key(project), model, world.slot(project, model)


async def test_a_model_trained_again_replaces_its_old_version(
    world, serve, deployed, eventually
):
    project, key, model, _ = deployed
    client = await serve()
    assert await client.items(f"project/{project}", key) == OLD
    world.retrain(model, popularity("xyz"))

    async def is_swapped() -> bool:
        items = await client.items(f"project/{project}", key)
        assert items in (OLD, NEW)
        return items == NEW

    await eventually(is_swapped)
    assert await client.items(f"{model}", key) == NEW


async def test_a_slot_changes_its_model_without_a_cold_request(
    world, serve, deployed, eventually, monkeypatch
):
    project, key, _, slot = deployed
    client = await serve()
    registry = client.application._service.registry
    assert await client.items(f"project/{project}", key) == OLD
    release = asyncio.Event()
    load = registry._load

    async def slow_load(row):
        await release.wait()
        return await load(row)

    monkeypatch.setattr(registry, "_load", slow_load)
    successor = world.model(project, popularity("xyz"))
    world.change(models.slot, slot, trained_model_id=successor)

    async def is_loading() -> bool:
        assert await client.items(f"project/{project}", key) == OLD
        return bool(registry._loads)

    await eventually(is_loading)
    release.set()

    async def is_swapped() -> bool:
        return await client.items(f"project/{project}", key) == NEW

    await eventually(is_swapped)


async def test_a_slot_switched_off_serves_no_more(world, serve, deployed, eventually):
    project, key, _, slot = deployed
    client = await serve()
    assert await client.items(f"project/{project}", key) == OLD
    world.change(models.slot, slot, is_active=False)

    async def is_gone() -> bool:
        answer = await client.predict(f"project/{project}", key)
        return answer.status_code == 404

    await eventually(is_gone)


async def test_a_model_without_its_file_is_forgotten(
    world, serve, deployed, eventually
):
    _, key, model, _ = deployed
    client = await serve()
    assert await client.items(f"{model}", key) == OLD
    world.change(models.trained_model, model, file=None)

    async def is_forgotten() -> bool:
        return (await client.health())["loaded_models"] == 0

    await eventually(is_forgotten)
    answer = await client.predict(f"{model}", key)
    assert answer.json()["code"] == "model_not_ready"


async def test_a_model_whose_new_file_is_damaged_serves_its_old_version(
    world, serve, deployed
):
    _, key, model, _ = deployed
    client = await serve()
    assert await client.items(f"{model}", key) == OLD
    name = world.write(popularity("xyz"))
    (world.media / name).write_bytes(b"RECOTEM\n nonsense")
    world.change(models.trained_model, model, file=name)
    await client.application._service.watcher.look()
    assert await client.items(f"{model}", key) == OLD
    assert await client.items(f"{model}", key) == OLD


async def test_one_tenant_s_new_model_does_not_touch_another_s(world, serve, deployed):
    project, key, model, _ = deployed
    other = world.project()
    other_slot = world.slot(other, world.model(other))
    client = await serve(inference_max_loaded_models=1)
    assert await client.items(f"project/{project}", key) == OLD
    world.change(models.slot, other_slot, trained_model_id=world.model(other))
    await client.application._service.watcher.look()
    assert client.application._service.registry.ids == [model]


async def test_a_message_is_heard_and_redis_may_go_and_come_back(
    world, serve, deployed, eventually, monkeypatch, tmp_path
):
    monkeypatch.setattr(hot_swap, "POLL_SECONDS", 3600.0)
    project, key, model, _ = deployed
    server = RedisServer(tmp_path)
    server.start()
    client = await serve(model_events_redis_url=server.url)

    async def swap_by_message(items: str) -> None:
        world.retrain(model, popularity(items))
        async with aioredis.Redis.from_url(server.url) as publisher:
            message = SlotsChanged(project_id=project).to_json()
            await publisher.publish(CHANNEL, message)

        async def is_swapped() -> bool:
            return await client.items(f"project/{project}", key) == list(items[1:])

        await eventually(is_swapped)

    async def redis_is(state: str) -> None:
        async def holds() -> bool:
            return (await client.health())["redis"] == state

        await eventually(holds)

    try:
        await redis_is("connected")
        await swap_by_message("xyz")
        server.stop()
        await redis_is("disconnected")
        assert (await client.predict(f"project/{project}", key)).status_code == 200
        server.start()
        await redis_is("connected")
        await swap_by_message("opq")
    finally:
        server.stop()
