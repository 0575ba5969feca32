"""What is wrong with a file is said in a sentence, and nothing is left behind."""

import gzip
from pathlib import Path

import pytest

from recotem.datasets.models import ItemMetaData, TrainingData
from tests.datasets.tables import bomb, named, rows, table, upload

BROKEN_GZIP = gzip.compress(table())[:-20]
LINE = rows()[0]

CASES = {
    "empty file": ("log.csv", b"", "empty_file", "is empty"),
    "wrong suffix": ("log.xlsx", table(), "unsupported_suffix", ".csv"),
    "broken gzip": ("log.csv.gz", BROKEN_GZIP, "cannot_parse", "gz"),
    "binary junk": ("log.csv", bytes(range(256)) * 40, "cannot_parse", ""),
    "junk as parquet": ("log.parquet", b"PAR1" + bytes(99), "cannot_parse", "Parquet"),
    "too many cells": ("log.csv", table(LINE, "a,b,2024-01-01,d"), "cannot_parse", "3"),
    "missing column": (
        "log.csv",
        table().replace(b"item_id", b"thing"),
        "column_missing",
        "'item_id'",
    ),
    "a column twice": (
        "log.csv",
        table().replace(b",time", b",item_id"),
        "duplicate_column",
        "2 columns named 'item_id'",
    ),
    "one column": ("log.csv", b"user_id\nu1\nu2\n", "column_missing", "'item_id'"),
    "unreadable times": (
        "log.csv",
        table(LINE, "u1,i2,yesterday"),
        "time_not_readable",
        "yesterday",
    ),
    "null ids": ("log.csv", table(LINE, ",i2,2024-01-01"), "null_ids", "'user_id'"),
    "no rows": ("log.csv", b"user_id,item_id,time\n", "no_rows", "no rows"),
}


def nothing_left(media_root: Path) -> bool:
    files = [path for path in media_root.rglob("*") if path.is_file()]
    rows = TrainingData.objects.exists() or ItemMetaData.objects.exists()
    folders = [path for path in media_root.glob("*/*/*") if path.is_dir()]
    return not (files or folders or rows)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_bad_table_is_refused(case, call_as, project, media_root):
    name, content, code, word = case
    answer = upload(call_as, content, project=project, name=name)
    assert answer.status_code == 400, answer.data
    assert answer.data["code"] == code
    [sentence] = answer.data["file"]
    assert word in sentence
    assert sentence.endswith(".")
    assert nothing_left(media_root)


@pytest.mark.parametrize("kind", ["training_data", "item_meta_data"])
def test_ten_gigabytes_packed_into_a_few_are_refused(
    kind, call_as, project, media_root, settings
):
    settings.RECOTEM_MAX_UNPACKED_BYTES = 50_000_000
    content = bomb(10_000_000_000)
    assert len(content) < 40_000_000
    answer = upload(call_as, content, project=project, name="a.csv.gz", kind=kind)
    assert answer.status_code == 400
    assert answer.data["code"] == "unpacked_too_large"
    assert "50,000,000" in answer.data["file"][0]
    assert nothing_left(media_root)


def test_a_file_over_the_upload_limit_is_refused(
    call_as, project, media_root, settings
):
    settings.RECOTEM_MAX_UPLOAD_BYTES = 100
    answer = upload(call_as, table(), project=project)
    assert answer.status_code == 400
    assert answer.data["file"] == ["The file is larger than 100 bytes."]
    assert answer.data["code"] == "file_too_large"
    assert nothing_left(media_root)


@pytest.mark.parametrize("kind", ["training_data", "item_meta_data"])
def test_a_form_without_file_or_project_names_both(kind, call_as, people):
    answer = call_as("owner", "post", f"{kind}/", {}, format="multipart")
    assert answer.status_code == 400
    assert {"file", "project"} <= set(answer.data)
    text = call_as("owner", "post", f"{kind}/", {"file": "x"}, format="multipart")
    assert "file" in text.data


def test_json_is_not_a_way_to_upload(call_as, project):
    body = {"project": project.pk, "file": "training_data/1/secret.csv"}
    assert call_as("owner", "post", "training_data/", body).status_code == 415


def test_results_cannot_be_written(call_as, project):
    form = {"project": project.pk, "file": named(table(), "log.csv"), "n_rows": 7}
    form |= {"status": "FAILED", "columnar": "/etc/passwd", "basename": "../../x"}
    answer = call_as("owner", "post", "training_data/", form, format="multipart")
    row = TrainingData.objects.get()
    assert (answer.data["n_rows"], row.status) == (18, "READY")
    assert row.basename == "log.csv"
    assert row.columnar.startswith(f"training_data/{project.pk}/")


@pytest.mark.parametrize("who", ["stranger", "key_of_other_project"])
def test_a_project_one_does_not_see_is_not_found(who, call_as, project, media_root):
    answer = upload(call_as, table(), project=project, who=who)
    assert answer.status_code == 400
    assert answer.data["project"] == ["not found"]
    assert nothing_left(media_root)


@pytest.mark.parametrize("who", ["viewer", "key_read"])
def test_who_may_only_read_cannot_upload(who, call_as, project, media_root):
    assert upload(call_as, table(), project=project, who=who).status_code == 403
    assert nothing_left(media_root)


def test_the_row_that_cannot_be_written_takes_its_file_along(
    call_as, project, media_root, monkeypatch
):
    def fail(**_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(TrainingData.objects, "create", fail)
    with pytest.raises(OSError, match="disk full"):
        upload(call_as, table(), project=project)
    assert nothing_left(media_root)


def test_metadata_without_the_item_column_is_refused(call_as, project, media_root):
    answer = upload(call_as, b"id,title\n1,a\n", project=project, kind="item_meta_data")
    assert answer.status_code == 400
    assert answer.data["code"] == "column_missing"
    assert nothing_left(media_root)
