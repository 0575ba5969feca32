"""A small world to predict in: a database, model files, and the service on both."""

import asyncio
import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from scipy import sparse
from sqlalchemy import Engine, Table, create_engine, insert, text, update
from sqlalchemy.engine import make_url

from inference import models
from inference.config import Settings
from inference.database import read_only_engine
from inference.main import Application, create_app
from recotem_contracts import api_keys
from recotem_engine.artifact import ModelInfo, save_model
from recotem_engine.ids import IdMap
from recotem_engine.recommender import Recommender
from recotem_engine.scorers import Popularity
from recotem_engine.signing import SigningKeys

SECRET = "a secret of the tests that is long enough to be one, and some more"
INFO = ModelInfo("TopPop", {}, "0" * 64, 2, 4, 2, {}, {}, "2026-01-01T00:00:00Z")
PATIENCE_SECONDS = 60


def popularity(items: str = "abcd") -> Recommender:
    """Knows the users u1 and u2, who have both seen the first item."""
    seen = np.zeros((2, len(items)), np.float32)
    seen[:, 0] = 1
    scores = np.arange(len(items), 0, -1, dtype=np.float32)
    return Recommender(
        IdMap.from_ids(["u1", "u2"]),
        IdMap.from_ids(items),
        sparse.csr_array(seen),
        Popularity(scores),
    )


class World:
    """Writes what the management service would write."""

    def __init__(self, engine: Engine, url: str, media: Path) -> None:
        self.engine = engine
        self.media = media
        self.keys = SigningKeys.from_settings("", SECRET)
        self.settings = Settings(database_url=url, media_root=media, secret_key=SECRET)
        self._ids = count(1)
        models.metadata.create_all(engine)
        self._insert(models.revision, name="serving", value=1)

    def owner(self, *, is_active: bool = True) -> int:
        return self._add(models.user, is_active=is_active)

    def project(self, owner: int | None = None, *, sampling: float = 0) -> int:
        return self._add(
            models.project,
            owner_id=owner or self.owner(),
            assignment_salt="salt",
            exposure_sampling=sampling,
        )

    def key(self, project: int, *scopes: str, **fields: Any) -> str:
        """A new key, by default one that may predict."""
        key, prefix, stored = api_keys.issue()
        creator = fields.pop("created_by_id", None) or self.owner()
        values = {"key_hash": stored, "is_active": True, "expires_at": None} | fields
        self._add(
            models.api_key,
            project_id=project,
            key_prefix=prefix,
            scopes=list(scopes or ("predict",)),
            created_by_id=creator,
            **values,
        )
        return key

    def model(
        self,
        project: int,
        recommender: Recommender | None = None,
        *,
        status: str = "READY",
    ) -> int:
        configuration = self._add(models.configuration, project_id=project)
        file = self.write(recommender or popularity()) if status == "READY" else None
        return self._add(
            models.trained_model,
            configuration_id=configuration,
            status=status,
            file=file,
            updated_at=datetime.now(UTC),
        )

    def write(self, recommender: Recommender, keys: SigningKeys | None = None) -> str:
        """A new model file; its path under the media folder."""
        name = f"models/{uuid.uuid4()}.rctm"
        path = self.media / name
        path.parent.mkdir(exist_ok=True)
        save_model(path, recommender, INFO, keys or self.keys)
        return name

    def path(self, model: int) -> Path:
        table = models.trained_model
        with self.engine.connect() as connection:
            row = connection.execute(table.select().where(table.c.id == model)).one()
        return self.media / row.file

    def slot(
        self,
        project: int,
        model: int,
        *,
        weight: int = 100,
        is_active: bool = True,
        name: str = "main",
    ) -> int:
        return self._add(
            models.slot,
            project_id=project,
            name=name,
            trained_model_id=model,
            weight=weight,
            is_active=is_active,
        )

    def change(self, table: Table, row: int, **values: Any) -> None:
        """Changes a row and the revision in one transaction."""
        revision = models.revision.c
        with self.engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == row).values(values))
            connection.execute(update(models.revision).values(value=revision.value + 1))

    def retrain(self, model: int, recommender: Recommender) -> None:
        self.change(
            models.trained_model,
            model,
            file=self.write(recommender),
            updated_at=datetime.now(UTC),
        )

    def _add(self, table: Table, **values: Any) -> int:
        row = next(self._ids)
        self._insert(table, id=row, **values)
        return row

    def _insert(self, table: Table, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(table).values(values))


SERVER = os.environ.get("TEST_DATABASE_URL", "")
DATABASES = ["sqlite", "postgresql"] if SERVER.startswith("postgres") else ["sqlite"]


@pytest.fixture(params=DATABASES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """On SQLite, and on PostgreSQL when TEST_DATABASE_URL names a server."""
    if request.param == "postgresql":
        yield from _world_on_postgresql(SERVER, tmp_path)
        return
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA journal_mode = WAL"))
    yield World(engine, url, tmp_path)
    engine.dispose()


def _world_on_postgresql(server: str, media: Path) -> Iterator[World]:
    """In a schema of its own, so that tests may run side by side."""
    schema = f"inference_{uuid.uuid4().hex}"
    url = make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
    address = url.render_as_string(hide_password=False)
    engine = create_engine(read_only_engine(address).url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield World(engine, address, media)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


class Client:
    """Asks the service the way programs do."""

    def __init__(self, application: Application, http: httpx.AsyncClient) -> None:
        self.application = application
        self.http = http

    async def predict(self, path: str, key: str = "", **body: Any) -> httpx.Response:
        body = body or {"user_id": "u1"}
        headers = {"X-API-Key": key} if key else {}
        return await self.http.post(f"/predict/{path}", json=body, headers=headers)

    async def items(self, path: str, key: str, user: str = "u1") -> list[str]:
        """Recommended item ids; empty when the answer is a refusal."""
        answer = await self.predict(path, key, user_id=user)
        return [item["item_id"] for item in answer.json().get("items", [])]

    async def health(self) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.http.get("/health")).json()
        return answer


type Serve = Callable[..., Awaitable[Client]]


@pytest_asyncio.fixture
async def serve(world: World) -> AsyncIterator[Serve]:
    """Starts the service on the world as it is, with settings of one's own."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Client:
            wanted = world.settings.model_copy(update=settings)
            application = create_app(wanted)
            await stack.enter_async_context(application.running())
            transport = httpx.ASGITransport(application)
            http = httpx.AsyncClient(transport=transport, base_url="http://recotem")
            return Client(application, await stack.enter_async_context(http))

        yield start


@pytest.fixture
def eventually() -> Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]:
    """Waits until something holds, and fails only after a generous while."""

    async def wait(holds: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await holds():
                await asyncio.sleep(0.05)

    return wait


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of TEST_REDIS_URL, or of a server started for these tests."""
    if url := os.environ.get("TEST_REDIS_URL", ""):
        yield url
        return
    if not shutil.which("redis-server"):
        pytest.skip("neither TEST_REDIS_URL nor a redis-server to start")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server.url
    server.stop()


class RedisServer:
    """A Redis of one's own that can go away and come back."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        options = {"port": self._port, "bind": "127.0.0.1", "dir": self._folder}
        arguments = [f"--{name} {value}" for name, value in options.items()]
        self._process = subprocess.Popen(
            ["redis-server", *" ".join(arguments).split(), "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(
            self.url, retry=Retry(ConstantBackoff(0.1), PATIENCE_SECONDS * 10)
        )
        client.ping()
        client.close()

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE_SECONDS)
