"""What an interaction log was before, and what is added to it."""

import pytest

from recotem.core.storage import local_path
from recotem.datasets import table_reader
from recotem.datasets.models import DataVersion, TrainingData
from tests.datasets.tables import named, rows, table, upload

FIRST, SECOND = rows()[:10], rows()[8:]


@pytest.fixture
def data(call_as, project):
    return upload(call_as, table(*FIRST), project=project).data


def send(call_as, data, content, *, action="append", who="editor", name="more.csv"):
    path = f"training_data/{data['id']}/"
    form = {"file": named(content, name)}
    if action == "append":
        return call_as(who, "post", f"{path}append/", form, format="multipart")
    return call_as(who, "patch", path, form, format="multipart")


def versions(call_as, data, who="viewer"):
    return call_as(who, "get", f"training_data/{data['id']}/versions/").json()


@pytest.mark.parametrize(
    ("who", "status"),
    [("viewer", 403), ("key_read", 403), ("stranger", 404), ("anonymous", 401)],
)
def test_who_may_not_write_appends_nothing(who, status, call_as, data, media_root):
    assert send(call_as, data, table(*SECOND), who=who).status_code == status
    assert DataVersion.objects.count() == 1
    assert len(list(media_root.glob("*/*/*"))) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"user_id,item_id\nu1,i1\n", "column_missing"),
        (table("u1,,2024-01-01"), "null_ids"),
        (table("u1,i1,soon"), "time_not_readable"),
    ],
)
def test_a_bad_addition_leaves_the_data_alone(content, code, call_as, data, media_root):
    answer = send(call_as, data, content)
    assert (answer.status_code, answer.data["code"]) == (400, code)
    assert call_as("owner", "get", f"training_data/{data['id']}/").data == data
    assert versions(call_as, data)["count"] == 1
    assert len(list(media_root.glob("*/*/*"))) == 1


def test_an_addition_needs_a_file_of_bounded_size(call_as, data, settings):
    path = f"training_data/{data['id']}/append/"
    assert "file" in call_as("owner", "post", path, {}, format="multipart").data
    settings.RECOTEM_MAX_UPLOAD_BYTES = 10
    assert send(call_as, data, table(*SECOND)).data["code"] == "file_too_large"


def test_nothing_is_appended_to_what_was_unlinked(call_as, data):
    call_as("owner", "delete", f"training_data/{data['id']}/unlink_file/")
    answer = send(call_as, data, table(*SECOND))
    assert (answer.status_code, answer.data["code"]) == (404, "file_gone")


def test_an_addition_to_what_is_not_the_newest_any_more_is_refused(
    call_as, data, monkeypatch, media_root
):
    real = table_reader.Compute.call

    def slow(self, op, **arguments):
        TrainingData.objects.update(columnar="newer.parquet", version=2)
        return real(self, op, **arguments)

    monkeypatch.setattr(table_reader.Compute, "call", slow)
    answer = send(call_as, data, table(*SECOND))
    assert (answer.status_code, answer.data["code"]) == (409, "data_changed")
    assert len(list(media_root.glob("*/*/*"))) == 1


def test_appending_gives_what_one_file_would_have_given(call_as, project, data):
    answer = send(call_as, data, table(*SECOND), who="key_write")
    assert (answer.status_code, answer.data["version"]) == (201, 2)
    whole = upload(call_as, table(*FIRST, *SECOND), project=project).data
    counts = ("n_rows", "n_users", "n_items")
    assert [answer.data[name] for name in counts] == [whole[name] for name in counts]
    prints = {row.pk: row.fingerprint for row in TrainingData.objects.all()}
    assert prints[data["id"]] == prints[whole["id"]]
    profile = call_as("viewer", "get", f"training_data/{data['id']}/profile/").data
    assert profile["n_rows"] == len(FIRST) + len(SECOND)


def test_preview_and_download_show_the_file_that_was_appended(call_as, data):
    send(call_as, data, table(*SECOND))
    path = f"training_data/{data['id']}/"
    sent = call_as("viewer", "get", f"{path}download_file/")
    assert b"".join(sent.streaming_content) == table(*SECOND)
    assert 'filename="more.csv"' in sent["Content-Disposition"]
    assert call_as("viewer", "get", f"{path}preview/").data["total_rows"] == len(SECOND)


def test_every_upload_makes_a_version_and_the_old_ones_stay(call_as, owner, data):
    send(call_as, data, table(*SECOND), who="owner")
    send(call_as, data, table(*SECOND[:3]), action="replace", name="new.csv")
    listed = versions(call_as, data)
    assert set(listed) == {"count", "next", "previous", "results"}
    shown = [
        (row["number"], row["basename"], row["appended"], row["n_rows"])
        for row in listed["results"]
    ]
    assert shown == [
        (3, "new.csv", False, 3),
        (2, "more.csv", True, len(FIRST) + len(SECOND)),
        (1, "log.csv", False, len(FIRST)),
    ]
    assert [row["created_by"] for row in listed["results"]][1:] == [owner.pk] * 2
    assert all(local_path(row["file"]).exists() for row in listed["results"])
    now = call_as("owner", "get", f"training_data/{data['id']}/").data
    assert (now["version"], now["file"]) == (3, listed["results"][0]["file"])


@pytest.mark.parametrize("way", ["unlink_file/", ""])
def test_the_files_of_all_versions_go_at_once(
    way, call_as, data, media_root, django_capture_on_commit_callbacks
):
    send(call_as, data, table(*SECOND))
    assert len(list(media_root.glob("*/*/*"))) == 2
    with django_capture_on_commit_callbacks(execute=True):
        call_as("owner", "delete", f"training_data/{data['id']}/{way}")
    assert list(media_root.glob("*/*/*")) == []
    assert DataVersion.objects.count() == (2 if way else 0)
    assert not DataVersion.objects.exclude(file=None).exists()
