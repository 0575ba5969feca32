"""Health says what is so; the service outlives its database."""

import pytest

pytestmark = pytest.mark.asyncio


async def test_healthy_with_a_database_and_nothing_else(world, serve):
    client = await serve()
    answer = await client.http.get("/health")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["status"], body["database"], body["redis"]) == ("ok", True, "off")
    assert (body["loaded_models"], body["revision"]) == (0, 1)


async def test_unhealthy_without_a_database_and_refusing_with_503(
    world, serve, tmp_path
):
    client = await serve(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}")
    health = await client.http.get("/health")
    assert (health.status_code, health.json()["status"]) == (503, "unavailable")
    assert health.json()["revision"] is None
    answer = await client.predict("1", world.key(world.project()))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_known_keys_are_served_on_while_the_database_is_away(
    world, serve, eventually, tmp_path
):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    assert (await client.predict(f"{model}", key)).status_code == 200
    service = client.application._service
    read = service.database._run
    service.database._run = _broken

    async def is_unavailable() -> bool:
        return (await client.http.get("/health")).status_code == 503

    await eventually(is_unavailable)
    assert (await client.predict(f"{model}", key)).status_code == 200
    service.database._run = read

    async def is_back() -> bool:
        return (await client.http.get("/health")).status_code == 200

    await eventually(is_back)


def _broken(_):
    raise OSError("the network is down")
