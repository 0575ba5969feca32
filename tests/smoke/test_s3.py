"""The main job where processes share nothing but a bucket; nothing stays in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest
from conftest import LEASE, ONE_REDIS, missing
from dataset import Dataset, generated
from deployed import DeployedRecotem, free_port
from main_job import Management, Options, run

from recotem_embedded.testing import PASSWORD, wait_for

BUCKET = "recotem-files"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class OnS3(DeployedRecotem):
    """Each process has a folder of its own, as on machines of their own."""

    def environment_of(self, name: str) -> dict[str, str]:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return {**self.environment, "MEDIA_ROOT": str(folder)}


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """Of a server with an empty bucket."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **KEYS},
    )
    try:
        wait_for("S3", lambda: _answers(url))
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **_keys)
        client.create_bucket(Bucket=BUCKET)
        client.close()
        yield url
    finally:
        process.kill()
        process.wait()


_keys = {name.lower(): value for name, value in KEYS.items()}


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code < 500
    except httpx.TransportError:
        return False


def stored(url: str) -> list[str]:
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **_keys)
    found = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    client.close()
    return [entry["Key"] for entry in found]


@pytest.fixture
def recotem(s3_url: str, tmp_path: Path) -> Iterator[DeployedRecotem]:
    if not os.environ.get("TEST_DATABASE_URL"):
        missing("SKIPPED: the deployed mode needs scripts/with-services.")
    place = {
        "RECOTEM_STORAGE_TYPE": "S3",
        "AWS_STORAGE_BUCKET_NAME": BUCKET,
        "AWS_S3_ENDPOINT_URL": s3_url,
        "AWS_S3_REGION_NAME": "us-east-1",
    }
    with OnS3(tmp_path, {**LEASE, **KEYS, **place}) as running:
        try:
            yield running
        finally:
            print(running.logs())


def options_for(recotem: DeployedRecotem, data: Dataset) -> Options:
    return Options(
        url=recotem.url,
        inference_url=recotem.inference_url,
        data=data.data,
        user_column=data.user_column,
        item_column=data.item_column,
        time_column=data.time_column,
        password=PASSWORD,
        n_trials=3,
        min_lift=-1.0,
    )


@ONE_REDIS
@pytest.mark.timeout(900)
def test_the_main_job_on_s3_leaves_an_empty_bucket(
    recotem: DeployedRecotem, s3_url: str, tmp_path: Path
) -> None:
    options = options_for(recotem, generated(tmp_path))
    outcome = run(options)
    assert {key.split("/")[0] for key in stored(s3_url)} == {"training_data", "models"}
    with Management(options.url, options.username, options.password) as api:
        health = api.send("GET", "health/")
        assert health["storage"] == "ok"
        model = f"trained_model/{outcome.model_id}/"
        items = api.send("GET", f"{model}recommendation/?user_id=user-1")
        assert len(items) == 10
        sent = api.answer("GET", f"{model}download_file/")
        assert sent.status_code == 302
        file = httpx.get(sent.headers["Location"], trust_env=False)
        assert (
            len(file.content) == api.read("trained_model", outcome.model_id)["filesize"]
        )
        api.send("DELETE", f"deployment_slot/{outcome.slot_id}/")
        api.send("DELETE", f"project/{outcome.project_id}/")
    assert stored(s3_url) == []
