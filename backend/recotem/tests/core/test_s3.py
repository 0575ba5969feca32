"""What people do with files, on an S3 server."""

import shutil
import time
from pathlib import Path

import httpx
import pytest
from django.core.files.storage import default_storage

from recotem.core import sweeping
from recotem.core.file_stores import file_store
from recotem.core.storage import local_path
from recotem.datasets.models import TrainingData
from tests.buckets import bucket, s3_server  # noqa: F401
from tests.datasets.tables import items, named, rows, table, upload
from tests.training.models import write_model

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("postgresql"),
    pytest.mark.xdist_group("s3"),
]


@pytest.fixture(autouse=True)
def _on_s3(bucket):  # noqa: F811
    yield
    for name in ("connection", "unsigned_connection"):
        found = getattr(default_storage._connections, name, None)
        if found is not None:
            found.meta.client.close()


def forget_copies(media_root: Path) -> None:
    shutil.rmtree(media_root / "cache")


def test_an_upload_can_be_looked_at_and_downloaded_from_another_machine(
    call_as,
    project,
    media_root,
    bucket,  # noqa: F811
):
    name = "イベント 記録.csv.gz"
    answer = upload(call_as, items(), project=project, name="a;b.csv", kind=ITEMS)
    assert answer.status_code == 201, answer.data
    row = upload(call_as, table(), project=project, name="log.csv").data
    assert {row["file"], answer.data["file"]} < bucket.paths
    assert list(media_root.glob("training_data/**/*")) == []
    assert list(media_root.glob("drafts/*")) == []
    forget_copies(media_root)
    path = f"training_data/{row['id']}/"
    assert call_as("viewer", "get", f"{path}preview/").data["total_rows"] == 18
    assert call_as("viewer", "get", f"{path}profile/").data["n_users"] == 6
    TrainingData.objects.update(basename=name)
    sent = call_as("viewer", "get", f"{path}download_file/")
    assert sent.status_code == 302
    found = httpx.get(sent["Location"], trust_env=False)
    assert found.content == table()
    assert "filename*=utf-8''%E3%82%A4" in found.headers["Content-Disposition"]
    assert "Content-Encoding" not in found.headers


ITEMS = "item_meta_data"


def test_versions_grow_and_go_with_their_row(
    call_as,
    project,
    media_root,
    bucket,  # noqa: F811
):
    row = upload(call_as, table(*rows()[:9]), project=project).data
    path = f"training_data/{row['id']}/"
    forget_copies(media_root)
    form = {"file": named(table(*rows()[9:]), "more.csv")}
    answer = call_as("owner", "post", f"{path}append/", form, format="multipart")
    assert (answer.status_code, answer.data["n_rows"]) == (201, 18)
    form = {"file": named(table(), "all.csv")}
    answer = call_as("owner", "patch", path, form, format="multipart")
    assert (answer.status_code, answer.data["version"]) == (200, 3)
    assert len({path.split("/")[2] for path in bucket.paths}) == 3
    assert call_as("owner", "delete", path).status_code == 204
    assert bucket.paths == set()
    assert [p for p in media_root.glob("cache/**/*") if p.is_file()] == []


def test_a_refused_file_leaves_nothing(call_as, project, media_root, bucket):  # noqa: F811
    assert upload(call_as, b"user_id\n1\n", project=project).status_code == 400
    assert bucket.paths == set()
    assert list(media_root.glob("drafts/*")) == []


def test_a_row_that_cannot_be_written_leaves_nothing(
    call_as,
    project,
    bucket,  # noqa: F811
    monkeypatch,
):
    def fail(**_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(TrainingData.objects, "create", fail)
    with pytest.raises(OSError, match="disk full"):
        upload(call_as, table(), project=project)
    assert bucket.paths == set()


def test_what_no_row_names_is_swept(call_as, project, bucket):  # noqa: F811
    row = upload(call_as, table(), project=project).data
    kept = bucket.paths
    file_store().write("training_data/1/orphan/log.csv", b"x")
    file_store().write("models/1/orphan.rctm", b"x")
    sweeping.sweep()
    assert len(bucket.paths) == len(kept) + 2
    sweeping.sweep(now=time.time() + 2 * sweeping.STALE_SECONDS)
    assert bucket.paths == kept
    assert row["file"] in kept


def test_health_tells_whether_the_bucket_is_there(client, bucket, settings):  # noqa: F811
    assert client.get("/api/v1/health/").json()["storage"] == "ok"
    bucket.client.delete_bucket(Bucket=bucket.place.bucket)
    assert client.get("/api/v1/health/").json()["storage"] == "unavailable"


def test_a_copy_that_is_mapped_survives_that_it_makes_room(
    media_root,
    bucket,  # noqa: F811
    settings,
):
    write_model(media_root / "a.rctm")
    content = (media_root / "a.rctm").read_bytes()
    file_store().put(media_root / "a.rctm", "models/1/a.rctm")
    with local_path("models/1/a.rctm").open("rb") as file:
        forget_copies(media_root)
        assert file.read() == content
    assert local_path("models/1/a.rctm").read_bytes() == content
    assert not local_path("models/1/b.rctm").exists()
