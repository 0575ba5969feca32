"""An S3 server, and the storage of a test on it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from recotem.settings.storage import s3_storage
from recotem_contracts.object_storage import ObjectStorage

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def place_at(url: str, bucket: str, prefix: str = "") -> ObjectStorage:
    variables = {
        **KEYS,
        "RECOTEM_STORAGE_TYPE": "S3",
        "AWS_STORAGE_BUCKET_NAME": bucket,
        "AWS_S3_ENDPOINT_URL": url,
        "AWS_S3_REGION_NAME": "us-east-1",
        "AWS_LOCATION": prefix,
    }
    place = ObjectStorage.from_environment(variables)
    assert place
    return place


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The URL of a server of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **KEYS},
    )
    while not _listens(port):
        assert process.poll() is None
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Bucket:
    """A bucket and the storage paths in it."""

    def __init__(self, place: ObjectStorage) -> None:
        self.place = place
        config = Config(s3={"addressing_style": "path"})
        self.client = boto3.Session(**place.session_options).client(
            "s3", endpoint_url=place.endpoint_url, config=config
        )
        self.client.create_bucket(Bucket=place.bucket)

    @property
    def paths(self) -> set[str]:
        listed = self.client.list_objects_v2(Bucket=self.place.bucket)
        keys = (found["Key"] for found in listed.get("Contents", ()))
        return {key.removeprefix(f"{self.place.prefix}/") for key in keys}


@pytest.fixture
def bucket(s3_server: str, settings: Any) -> Iterator[Bucket]:
    """Files are in a bucket of their own."""
    found = Bucket(place_at(s3_server, f"test-{uuid4().hex}", "some/where"))
    default = s3_storage(found.place)
    settings.STORAGES = {**settings.STORAGES, "default": default}
    yield found
    found.client.close()
