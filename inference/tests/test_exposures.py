"""What slots show is recorded, beside the answers and never before them."""

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from inference import exposures, models
from recotem_contracts.exposures import REDIS_KEY, Exposure, ExposureBatch
from tests.conftest import Client, Serve, World

pytestmark = pytest.mark.asyncio

DROPPED = "recotem_inference_exposures_dropped"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exposures"
    made.mkdir()
    return made


def in_folder(folder: Path) -> list[Exposure]:
    batches = [
        ExposureBatch.model_validate_json(file.read_bytes())
        for file in folder.glob("*.json")
    ]
    return [exposure for batch in batches for exposure in batch.exposures]


def shop(world: World, sampling: float) -> tuple[int, int, str]:
    """Its project, its slot, and a key."""
    project = world.project(sampling=sampling)
    slot = world.slot(project, world.model(project))
    return project, slot, world.key(project)


async def test_answers_and_refusals_of_a_slot_are_recorded(
    world: World, serve: Serve, folder: Path, eventually: Callable[..., Any]
) -> None:
    project, slot, key = shop(world, 1)
    client = await serve(recotem_exposures_dir=folder)
    answer = (await client.predict(f"project/{project}", key, user_id="u1")).json()
    unknown = await client.predict(f"project/{project}", key, user_id="nobody")
    assert unknown.status_code == 404

    async def both() -> bool:
        return len(in_folder(folder)) == 2

    await eventually(both)
    known, fallback = sorted(in_folder(folder), key=lambda e: e.time)
    assert (known.project, known.slot, known.user_id) == (project, slot, "u1")
    assert known.request_id == uuid.UUID(answer["request_id"])
    assert known.items == [item["item_id"] for item in answer["items"]]
    assert (fallback.slot, fallback.user_id, fallback.items) == (slot, None, [])


async def test_the_service_hands_over_what_is_left_when_it_ends(
    world: World, serve: Serve, folder: Path
) -> None:
    project, _, key = shop(world, 1)
    client = await serve(recotem_exposures_dir=folder)
    await client.predict(f"project/{project}", key)
    await client.application.fastapi.state.service.recorder.close()
    assert len(in_folder(folder)) == 1


async def test_who_is_not_in_the_sample_and_other_routes_leave_no_trace(
    world: World, serve: Serve, folder: Path
) -> None:
    project, _, key = shop(world, 0)
    recorded, _, other_key = shop(world, 1)
    client = await serve(recotem_exposures_dir=folder)
    await client.predict(f"project/{project}", key)
    await client.predict(f"project/{project}", key, user_id="nobody")
    await client.predict(str(world.model(recorded)), other_key)
    recorder = client.application.fastapi.state.service.recorder
    await recorder.close()
    assert in_folder(folder) == []


async def test_a_new_share_holds_for_the_service_that_runs(
    world: World, serve: Serve, folder: Path, eventually: Callable[..., Any]
) -> None:
    project, _, key = shop(world, 0)
    client = await serve(recotem_exposures_dir=folder)
    world.change(models.project, project, exposure_sampling=1.0)

    async def recorded() -> bool:
        await client.predict(f"project/{project}", key)
        return len(in_folder(folder)) > 0

    await eventually(recorded)


async def dropped(client: Client) -> int:
    text = (await client.http.get("/metrics")).text
    [line] = [x for x in text.splitlines() if x.startswith(f"{DROPPED} ")]
    return int(line.split()[1])


async def test_answers_do_not_wait_for_a_sink_that_is_stuck(
    world: World, serve: Serve, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _, key = shop(world, 1)
    stuck = asyncio.Event()

    async def never(*_: object) -> None:
        stuck.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(exposures.FolderSink, "put", never)
    monkeypatch.setattr(exposures, "QUEUE_SIZE", 3)
    client = await serve(recotem_exposures_dir=folder)
    await client.predict(f"project/{project}", key)
    await asyncio.wait_for(stuck.wait(), 60)
    for _ in range(5):
        assert await client.items(f"project/{project}", key) == ["b", "c", "d"]
    assert await dropped(client) == 2


async def test_what_finds_no_room_waits_until_there_is(
    world: World,
    serve: Serve,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Callable[..., Any],
) -> None:
    project, _, key = shop(world, 1)
    monkeypatch.setattr(exposures, "MOST_BATCHES", 1)
    (folder / "other.json").write_text("")
    client = await serve(recotem_exposures_dir=folder)
    await client.predict(f"project/{project}", key)
    recorder = client.application.fastapi.state.service.recorder
    await recorder.close()
    (folder / "other.json").unlink()

    async def recorded() -> bool:
        return len(in_folder(folder)) == 1

    await eventually(recorded)
    assert await dropped(client) == 0


@pytest.mark.xdist_group("redis")
async def test_with_redis_batches_wait_in_a_list(
    world: World, serve: Serve, redis_url: str, eventually: Callable[..., Any]
) -> None:
    project, slot, key = shop(world, 1)
    with redis.Redis.from_url(redis_url) as server:
        server.delete(REDIS_KEY)
        client = await serve(model_events_redis_url=redis_url)
        await client.predict(f"project/{project}", key)

        async def recorded() -> bool:
            return server.llen(REDIS_KEY) == 1

        await eventually(recorded)
        batch = ExposureBatch.model_validate_json(server.lpop(REDIS_KEY))
    assert [exposure.slot for exposure in batch.exposures] == [slot]
