"""Who is let in, for how long, and at what cost."""

import asyncio
import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from inference import models
from recotem_contracts import api_keys

pytestmark = pytest.mark.asyncio


def slow_hash(key: str) -> str:
    digest = hashlib.pbkdf2_hmac("sha256", key.encode(), b"salt", 10)
    return f"pbkdf2_sha256$10$salt${base64.b64encode(digest).decode()}"


@pytest.fixture
def verified(monkeypatch):
    """The keys that were checked against a stored hash, once per check."""
    checks: list[str] = []
    verify = api_keys.verify

    def count(key: str, stored: str) -> bool:
        checks.append(key)
        return verify(key, stored)

    monkeypatch.setattr(api_keys, "verify", count)
    return checks


@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"key_hash": "sha256$00"},
    ],
)
async def test_a_dead_key_is_refused(world, serve, fields):
    project = world.project()
    model, key = world.model(project), world.key(project, **fields)
    client = await serve()
    assert (await client.predict(f"{model}", key)).json()["code"] == "invalid_api_key"


async def test_a_key_of_deactivated_people_is_refused(world, serve):
    project = world.project()
    creator = world.owner(is_active=False)
    client = await serve()
    key = world.key(project, created_by_id=creator)
    assert (await client.predict("1", key)).status_code == 401
    orphan = world.project(world.owner(is_active=False))
    assert (await client.predict("1", world.key(orphan))).status_code == 401


async def test_a_key_hashed_by_django_is_checked_once_also_across_revisions(
    world, serve, eventually, verified
):
    project = world.project()
    model, issued = world.model(project), api_keys.issue()
    key = world.key(project)
    row = {"key_prefix": issued.prefix, "key_hash": slow_hash(issued.key)}
    client = await serve()
    with world.engine.begin() as connection:
        connection.execute(models.api_key.update().values(row))
    answers = [client.predict(f"{model}", issued.key) for _ in range(8)]
    statuses = [answer.status_code for answer in await asyncio.gather(*answers)]
    assert statuses == [200] * 8
    assert (await client.predict(f"{model}", key)).status_code == 401
    world.change(models.project, project, assignment_salt="other")

    async def is_adopted() -> bool:
        return (await client.health())["revision"] == 2

    await eventually(is_adopted)
    assert (await client.predict(f"{model}", issued.key)).status_code == 200
    assert verified == [issued.key]


async def test_a_wrong_key_is_checked_once(world, serve, verified):
    project = world.project()
    issued = api_keys.issue()
    world.key(project, key_hash=slow_hash(issued.key))
    with world.engine.begin() as connection:
        connection.execute(models.api_key.update().values(key_prefix=issued.prefix))
    wrong = issued.key[:13] + issued.key[13:][::-1]
    client = await serve()
    for _ in range(5):
        assert (await client.predict("1", wrong)).status_code == 401
    assert verified == [wrong]


async def test_many_wrong_keys_at_once_do_not_pile_up(world, serve, monkeypatch):
    project = world.project()
    issued = api_keys.issue()
    world.key(project, key_hash=slow_hash(issued.key))
    with world.engine.begin() as connection:
        connection.execute(models.api_key.update().values(key_prefix=issued.prefix))
    monkeypatch.setattr("inference.auth._WAITING_CHECKS", 0)
    client = await serve()
    answer = await client.predict("1", issued.key)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "1"


async def test_revocation_ends_a_known_key(world, serve, eventually):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve()
    assert (await client.predict(f"{model}", key)).status_code == 200
    with world.engine.connect() as connection:
        row = connection.execute(models.api_key.select()).one()
    world.change(models.api_key, row.id, is_active=False)

    async def is_refused() -> bool:
        return (await client.predict(f"{model}", key)).status_code == 401

    await eventually(is_refused)


async def test_expiry_ends_a_known_key_without_a_revision(world, serve, eventually):
    project = world.project()
    soon = datetime.now(UTC) + timedelta(seconds=3)
    model, key = world.model(project), world.key(project, expires_at=soon)
    client = await serve()
    await client.predict(f"{model}", key)

    async def is_refused() -> bool:
        return (await client.predict(f"{model}", key)).status_code == 401

    await eventually(is_refused)
    assert datetime.now(UTC) >= soon
