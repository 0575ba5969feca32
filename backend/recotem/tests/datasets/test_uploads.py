import gzip
import json

import polars as pl
import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile

from recotem.core.actor import Actor
from recotem.core.models import AuditEntry
from recotem.core.storage import local_path
from recotem.datasets import table_reader
from recotem.datasets.models import ItemMetaData, TrainingData
from recotem.datasets.services.uploads import replace_training_data
from recotem_engine.compute import Compute, ComputeCrashed
from tests.datasets.tables import HEADER, items, named, rows, table, upload
from tests.factories import (
    JobFactory,
    ParameterTuningJobFactory,
    ProjectFactory,
    TrainedModelFactory,
    TrainingDataFactory,
)

NAMES = [
    "my.data.v2.csv",
    "quote\"s 'n spaces.csv",
    "イベント 記録 🎬.csv",
    "-rf.csv",
    "interactions.parquet.csv",
    f"{'long' * 60}.csv",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_shown_as_it_was_and_comes_back_on_download(name, call_as, project):
    answer = upload(call_as, table(), project=project, name=name)
    assert answer.status_code == 201, answer.data
    assert answer.data["basename"] == name
    assert local_path(answer.data["file"]).read_bytes() == table()
    path = f"training_data/{answer.data['id']}/download_file/"
    sent = call_as("viewer", "get", path)
    assert b"".join(sent.streaming_content) == table()
    assert sent["Content-Disposition"].startswith("attachment; filename")
    if not name.isascii():
        assert "filename*=utf-8''" in sent["Content-Disposition"]


def test_a_path_in_the_name_leads_nowhere(call_as, project, media_root):
    answer = upload(call_as, table(), project=project, name="../../../etc/x.csv")
    assert answer.data["basename"] == "x.csv"
    assert local_path(answer.data["file"]).is_relative_to(media_root)


def test_the_row_tells_what_is_in_the_file(call_as, project, monkeypatch):
    monkeypatch.setattr(table_reader, "Compute", Compute)
    answer = upload(call_as, table(), project=project)
    assert answer.status_code == 201
    shown = {name: answer.data[name] for name in ("n_rows", "n_users", "n_items")}
    assert shown == {"n_rows": 18, "n_users": 6, "n_items": 8}
    assert (answer.data["status"], answer.data["error"]) == ("READY", "")
    assert answer.data["filesize"] == len(table())
    row = TrainingData.objects.get()
    assert len(row.fingerprint) == 64
    columnar = pl.read_parquet(local_path(row.columnar))
    assert set(columnar.columns) == {"user_id", "item_id", "weight", "time"}


def test_a_project_without_time_column_ignores_times(call_as, owner):
    project = ProjectFactory(owner=owner, time_column="")
    content = table().replace(b"2024-", b"no time ")
    assert upload(call_as, content, project=project).status_code == 201


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.tsv", table().replace(b",", b"\t")),
        ("log.csv.gz", gzip.compress(table(), mtime=0)),
        ("LOG.CSV", table()),
        (
            "log.ndjson",
            "\n".join(
                json.dumps(dict(zip(HEADER.split(","), row.split(","), strict=True)))
                for row in rows()
            ).encode(),
        ),
    ],
)
def test_other_formats_give_the_same_data(name, content, call_as, project):
    first = upload(call_as, table(), project=project)
    second = upload(call_as, content, project=project, name=name)
    assert second.status_code == 201, second.data
    prints = TrainingData.objects.values_list("fingerprint", flat=True)
    assert len(set(prints)) == 1
    assert second.data["n_rows"] == first.data["n_rows"]


def test_a_reader_that_dies_is_a_refusal_not_a_crash(
    call_as, project, monkeypatch, media_root
):
    def die(*_: object, **__: object) -> None:
        raise ComputeCrashed("out_of_memory", "It needs more memory.", -9, "")

    monkeypatch.setattr(table_reader.Compute, "call", die)
    answer = upload(call_as, table(), project=project)
    assert answer.status_code == 400
    assert "more memory" in answer.data["file"][0]
    assert list(media_root.glob("*/*/*")) == []


def test_a_project_whose_columns_changed_meanwhile_refuses_the_file(
    call_as, project, monkeypatch, media_root
):
    real = table_reader.Compute.call

    def slow(self, op, **arguments):
        type(project).objects.filter(pk=project.pk).update(item_column="other")
        return real(self, op, **arguments)

    monkeypatch.setattr(table_reader.Compute, "call", slow)
    answer = upload(call_as, table(), project=project)
    assert (answer.status_code, answer.data["code"]) == (409, "project_changed")
    assert list(media_root.glob("*/*/*")) == []


class TestNewVersions:
    def replace(self, call_as, row, content, name="new.csv", who="owner"):
        form = {"file": named(content, name)}
        path = f"training_data/{row['id']}/"
        return call_as(who, "patch", path, form, format="multipart")

    def test_a_bad_one_leaves_the_old_one_alone(self, call_as, project, media_root):
        before = upload(call_as, table(), project=project).data
        answer = self.replace(call_as, before, b"user_id\n1\n")
        assert (answer.status_code, answer.data["code"]) == (400, "column_missing")
        after = call_as("owner", "get", f"training_data/{before['id']}/").data
        assert after == before
        assert local_path(before["file"]).exists()
        assert len(list(media_root.glob("*/*/*"))) == 1

    def test_a_good_one_takes_its_place(
        self, call_as, project, django_capture_on_commit_callbacks
    ):
        before = upload(call_as, table(), project=project).data
        with django_capture_on_commit_callbacks(execute=True):
            answer = self.replace(call_as, before, table(*rows()[:4]), who="editor")
        assert answer.status_code == 200, answer.data
        assert (answer.data["n_rows"], answer.data["version"]) == (4, 2)
        assert answer.data["basename"] == "new.csv"
        assert local_path(before["file"]).read_bytes() == table()

    def test_the_project_cannot_change(self, call_as, project, people):
        row = upload(call_as, table(), project=project).data
        form = {"project": people.other_project.pk}
        path = f"training_data/{row['id']}/"
        answer = call_as("owner", "patch", path, form, format="multipart")
        assert answer.status_code == 400
        assert answer.data["project"] == ["cannot be changed"]
        unchanged = call_as("owner", "patch", path, {}, format="multipart")
        assert (unchanged.status_code, unchanged.data) == (200, row)

    @pytest.mark.parametrize("use", ["training", "tuning"])
    def test_data_that_a_job_reads_stays(self, use, call_as, project):
        row = upload(call_as, table(), project=project).data
        data = TrainingData.objects.get(pk=row["id"])
        if use == "training":
            TrainedModelFactory(
                configuration__project=project,
                data_loc=data,
                job=JobFactory(status="RUNNING"),
            )
        else:
            ParameterTuningJobFactory(data=data)
        path = f"training_data/{row['id']}/"
        answers = [
            call_as("owner", "delete", f"{path}unlink_file/"),
            call_as("owner", "delete", path),
        ]
        assert [answer.status_code for answer in answers] == [409, 409]
        assert {answer.data["code"] for answer in answers} == {"data_in_use"}
        assert self.replace(call_as, row, table()).status_code == 200
        assert local_path(row["file"]).exists()


class TestLooking:
    def test_a_bad_number_of_rows_is_refused(self, call_as, project):
        row = upload(call_as, table(), project=project).data
        for wrong in ("0", "201", "abc", "-1", "1e9", "9" * 5000):
            path = f"training_data/{row['id']}/preview/?n_rows={wrong}"
            answer = call_as("owner", "get", path)
            assert (answer.status_code, next(iter(answer.data))) == (400, "n_rows")

    def test_a_preview_shows_the_file_as_it_is(self, call_as, project):
        content = (
            b"user_id,item_id,time,price\nu1,i1,2024-01-01,NaN\nu1,i2,2024-01-02,\n"
        )
        row = upload(call_as, content, project=project).data
        path = f"training_data/{row['id']}/preview/"
        for _ in ("computed", "kept"):
            shown = call_as("viewer", "get", f"{path}?n_rows=1").json()
            assert shown["columns"] == ["user_id", "item_id", "time", "price"]
            assert shown["rows"] == [["u1", "i1", "2024-01-01", "NaN"]]
            assert shown["total_rows"] == 2

    def test_numbers_that_json_does_not_have_are_null(self, call_as, project):
        frame = pl.DataFrame(
            {
                "user_id": [1],
                "item_id": [2],
                "time": [1_700_000_000],
                "x": [float("nan")],
            }
        )
        path = local_path("frame.parquet")
        frame.write_parquet(path)
        row = upload(call_as, path.read_bytes(), project=project, name="a.parquet").data
        shown = call_as("owner", "get", f"training_data/{row['id']}/preview/").json()
        assert shown["rows"] == [[1, 2, 1_700_000_000, None]]

    def test_the_profile_is_computed_once(self, call_as, project, monkeypatch):
        row = upload(call_as, table(), project=project).data
        path = f"training_data/{row['id']}/profile/"
        first = call_as("viewer", "get", path)
        assert first.status_code == 200
        assert (first.data["n_users"], first.data["n_rows"]) == (6, 18)
        monkeypatch.delattr(table_reader, "Compute")
        assert call_as("viewer", "get", path).data == first.data


class TestGoing:
    def test_unlinking_keeps_the_row_and_frees_the_file(
        self, call_as, project, media_root, django_capture_on_commit_callbacks
    ):
        row = upload(call_as, table(), project=project).data
        path = f"training_data/{row['id']}/"
        assert call_as("editor", "delete", f"{path}unlink_file/").status_code == 403
        with django_capture_on_commit_callbacks(execute=True):
            answer = call_as("owner", "delete", f"{path}unlink_file/")
        assert (answer.status_code, answer.data["file"]) == (200, None)
        listed = call_as("owner", "get", f"training_data/?project={project.pk}").data
        assert listed["results"] == [answer.data]
        assert list(media_root.glob("*/*/*")) == []
        for action in ("download_file", "preview", "profile"):
            gone = call_as("owner", "get", f"{path}{action}/")
            assert (gone.status_code, gone.data["code"]) == (404, "file_gone")

    def test_deleting_frees_the_file_after_the_commit(
        self, call_as, project, media_root, django_capture_on_commit_callbacks
    ):
        row = upload(call_as, table(), project=project).data
        path = f"training_data/{row['id']}/"
        with django_capture_on_commit_callbacks() as callbacks:
            assert call_as("owner", "delete", path).status_code == 204
        assert local_path(row["file"]).exists()
        for callback in callbacks:
            callback()
        assert list(media_root.glob("*/*/*")) == []

    def test_a_deleted_project_takes_the_files_of_its_data_along(
        self, call_as, project, media_root, django_capture_on_commit_callbacks
    ):
        upload(call_as, table(), project=project)
        upload(call_as, items(), project=project, kind="item_meta_data")
        with django_capture_on_commit_callbacks(execute=True):
            answer = call_as("owner", "delete", f"project/{project.pk}/")
        assert answer.status_code == 204
        assert list(media_root.glob("*/*/*")) == []


def test_item_metadata_lists_its_other_columns(call_as, project):
    answer = upload(call_as, items(), project=project, kind="item_meta_data")
    assert answer.status_code == 201, answer.data
    assert answer.data["valid_columns_list_json"] == ["title", "price"]
    path = f"item_meta_data/{answer.data['id']}/"
    changed = call_as(
        "owner",
        "patch",
        path,
        {"file": named(b"item_id,genre\ni1,x\n", "b.csv")},
        format="multipart",
    )
    assert changed.data["valid_columns_list_json"] == ["genre"]
    shown = call_as("owner", "get", f"{path}preview/").data
    assert shown["columns"] == ["item_id", "genre"]
    assert call_as("owner", "delete", path).status_code == 204
    assert not ItemMetaData.objects.exists()


@pytest.mark.parametrize("view", ["preview", "profile", "download_file"])
def test_a_file_that_was_lost_is_404(view, call_as, project):
    row = TrainingDataFactory(project=project, columnar="training_data/lost.parquet")
    answer = call_as("owner", "get", f"training_data/{row.pk}/{view}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "file_gone")


def test_versions_that_come_at_once_are_counted_one_by_one(call_as, project, owner):
    answer = upload(call_as, table(), project=project)
    data = TrainingData.objects.select_related("project").get(pk=answer.data["id"])
    TrainingData.objects.update(version=5)
    file = TemporaryUploadedFile("a.csv", "text/csv", len(table()), None)
    file.write(table())
    file.flush()
    replaced = replace_training_data(actor=Actor(owner), data=data, file=file)
    assert replaced.version == 6


def test_the_audit_log_notes_what_came_and_what_went(call_as, project):
    made = upload(call_as, table(), project=project).data["id"]
    call_as("owner", "delete", f"training_data/{made}/")
    upload(call_as, items(), project=project, kind="item_meta_data")
    noted = AuditEntry.objects.order_by("id").values_list("action", "subject")
    assert list(noted[:2]) == [("create", made), ("delete", made)]
    assert noted.filter(project=project.pk).count() == 3


def changes():
    """What the newest entry of the audit log says, and of what kind of row."""
    entry = AuditEntry.objects.first()
    return entry.action, entry.kind, entry.before, entry.after


def test_the_audit_log_notes_what_became_of_a_file(call_as, project):
    row = upload(call_as, table(*rows()[:9]), project=project).data
    path = f"training_data/{row['id']}/"
    form = {"file": named(table(*rows()[9:]), "more.csv")}
    call_as("editor", "post", f"{path}append/", form, format="multipart")
    assert changes() == (
        "update",
        "training_data",
        {"basename": "log.csv", "n_rows": 9, "version": 1},
        {"basename": "more.csv", "n_rows": 18, "version": 2},
    )
    form = {"file": named(table(), "more.csv")}
    call_as("owner", "patch", path, form, format="multipart")
    assert changes()[2:] == ({"version": 2}, {"version": 3})
    call_as("owner", "delete", f"{path}unlink_file/")
    assert changes() == (
        "update",
        "training_data",
        {"basename": "more.csv", "n_rows": 18, "version": 3},
        {"basename": None, "n_rows": None, "version": None},
    )
    assert AuditEntry.objects.filter(project=project.pk).count() == 4


def test_the_audit_log_notes_what_became_of_an_item_table(call_as, project):
    row = upload(call_as, items(), project=project, kind="item_meta_data").data
    path = f"item_meta_data/{row['id']}/"
    form = {"file": named(items(), "log.csv")}
    changed = call_as("owner", "patch", path, form, format="multipart").data
    assert changes()[1:] == (
        "item_meta_data",
        {"file": row["file"]},
        {"file": changed["file"]},
    )
    call_as("owner", "delete", f"{path}unlink_file/")
    assert changes()[3] == {"basename": None, "n_rows": None, "file": None}
