"""Models that lie on S3."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from inference.downloads import DownloadFailed, downloader
from recotem_contracts.object_storage import CLIENT_OPTIONS, ObjectStorage

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def place() -> Iterator[ObjectStorage]:
    """An empty bucket on a server of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **KEYS},
    )
    variables = {
        **KEYS,
        "RECOTEM_STORAGE_TYPE": "S3",
        "AWS_STORAGE_BUCKET_NAME": "models",
        "AWS_S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_S3_REGION_NAME": "us-east-1",
        "AWS_LOCATION": "recotem",
    }
    found = ObjectStorage.from_environment(variables)
    assert found
    while not listens(port):
        assert server.poll() is None
        time.sleep(0.1)
    client = bucket_client(found)
    client.create_bucket(Bucket=found.bucket)
    yield found
    client.close()
    server.kill()
    server.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def bucket_client(place: ObjectStorage):
    session = boto3.Session(**place.session_options)
    return session.client("s3", endpoint_url=place.endpoint_url)


def store(place: ObjectStorage, media: Path) -> None:
    """Bring the models from the folder to the bucket."""
    client = bucket_client(place)
    for path in (media / "models").iterdir():
        key = place.key(f"models/{path.name}")
        client.upload_file(str(path), place.bucket, key)
    client.close()
    shutil.rmtree(media / "models")


@pytest.mark.asyncio
async def test_a_model_is_fetched_once_and_served(world, serve, place, eventually):
    project = world.project()
    model = world.model(project)
    world.slot(project, model)
    key = world.key(project)
    store(place, world.media)
    client = await serve(object_storage=place)
    assert await client.items(str(model), key) == ["b", "c", "d"]
    assert await client.items(f"project/{project}", key) == ["b", "c", "d"]
    health = await client.health()
    assert health["loaded_models"] == 1
    loads = client.application._service.registry.loads
    await client.application._service.watcher.look()
    assert await client.items(str(model), key) == ["b", "c", "d"]
    assert client.application._service.registry.loads == loads


@pytest.mark.asyncio
async def test_a_model_that_is_not_there_is_not_ready(world, serve, place):
    project = world.project()
    model = world.model(project)
    world.path(model).unlink()
    client = await serve(object_storage=place)
    answer = await client.predict(str(model), world.key(project))
    assert answer.status_code == 503
    assert answer.json()["code"] == "model_file_missing"
    assert str(world.media) not in answer.text


def test_a_server_that_does_not_answer_is_told(place, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {**CLIENT_OPTIONS, "retries": {"total_max_attempts": 1}}
    monkeypatch.setattr("inference.downloads.CLIENT_OPTIONS", options)
    nowhere = ObjectStorage(
        "models", "", f"http://127.0.0.1:{port}", "us-east-1", "a", "b", None
    )
    with pytest.raises(DownloadFailed, match="Could not connect"):
        downloader(nowhere)("models/a.rctm", tmp_path / "a")
