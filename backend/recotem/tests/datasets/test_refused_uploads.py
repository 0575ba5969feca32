"""What is wrong with a file is said in a sentence, and nothing is left behind."""

import gzip
from pathlib import Path

import pytest
import zstandard

from recotem.datasets.models import ItemMetaData, TrainingData
from tests.datasets.tables import bomb, named, rows, table, upload, zipped

pytestmark = pytest.mark.one_database("postgresql")

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


WIDE = ",".join(["user_id", "item_id", "time", *(f"c{n}" for n in range(9_997))])
HUGE = {
    "ten thousand columns": ("a.csv", f"{WIDE}\n{'x,' * 9_999}x\n".encode()),
    "a cell of 100 MB": ("a.csv", table(LINE, "u,i," + "x" * 100_000_000)),
    "a cell of 100 MB, packed": (
        "a.csv.gz",
        gzip.compress(table(LINE, '"' + "x" * 100_000_000), mtime=0),
    ),
    "a zstd bomb": (
        "a.csv.zst",
        zstandard.compress(table(*["u1,i1,2024-01-01"] * 4_000_000), level=9),
    ),
    "a zip archive": ("a.csv", zipped(table())),
    "a zip archive by name": ("a.zip", zipped(table())),
    "a million empty lines": ("a.csv", b"\n" * 1_000_000),
    "a header and a million empty lines": ("a.csv", table("\n" * 1_000_000)),
    "nested json": (
        "a.json",
        b'[{"user_id":"u","item_id":"i","time":' + b"[" * 1000 + b"]" * 1000 + b"}]",
    ),
}


@pytest.mark.parametrize("case", HUGE.values(), ids=HUGE)
def test_a_file_that_is_out_of_all_measure_is_refused(
    case, call_as, project, media_root, settings
):
    settings.RECOTEM_MAX_UNPACKED_BYTES = 50_000_000 if "zst" in case[0] else 1 << 30
    name, content = case
    answer = upload(call_as, content, project=project, name=name)
    assert answer.status_code == 400, answer.data
    assert answer.data["file"][0].endswith(".")
    assert nothing_left(media_root)


NAMES = {
    "a relative path": "../../etc/passwd",
    "an absolute path": "/etc/passwd.csv",
    "backslashes": "..\\..\\windows\\a.csv",
    "a drive": "C:\\a.csv",
    "a NUL": "a\0b.csv",
    "300 characters": "x" * 300 + ".csv",
    "a suffix of 300 characters": "a." + "x" * 300,
    "only dots": "....csv",
    "right to left": "a\u202evsc.csv",
    "unicode": "データ" * 80 + ".csv",
    "a device": "CON.csv",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_never_leads_out_of_the_storage(name, call_as, project, media_root):
    answer = upload(call_as, table(), project=project, name=name)
    if answer.status_code != 201:
        assert answer.status_code == 400
        assert nothing_left(media_root)
        return
    [file] = filter(Path.is_file, media_root.glob("training_data/*/*/*"))
    assert media_root / answer.data["file"] == file
    assert list(media_root.glob("drafts/*")) == []
    assert "/" not in answer.data["basename"]


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="project"\r\n\r\n%d\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    b"user_id,item_id,time\nu,i,2024-01-01\n\r\n"
)
TYPES = {
    "no boundary": ("multipart/form-data", FORM, 400),
    "another boundary": ("multipart/form-data; boundary=c", FORM, 400),
    "a boundary that is no text": ("multipart/form-data; boundary=\xe9", FORM, 400),
    "an endless boundary": (f"multipart/form-data; boundary={'b' * 9999}", FORM, 415),
    "no form": ("text/csv", FORM, 415),
    "no type": ("", FORM, 415),
    "an empty form": ("multipart/form-data; boundary=b", b"", 400),
    "a form that is cut off": (
        "multipart/form-data; boundary=b",
        FORM[: FORM.index(b"filename")],
        400,
    ),
}


@pytest.mark.parametrize("case", TYPES.values(), ids=TYPES)
def test_a_form_that_is_none_is_refused(case, call_as, people, media_root):
    kind, body, status = case
    client = people.client("owner")
    body = body.replace(b"%d", str(people.project.pk).encode())
    answer = client.generic("POST", "/api/v1/training_data/", body, content_type=kind)
    assert answer.status_code == status
    assert answer.json()["code"]
    assert nothing_left(media_root)
    assert list(media_root.glob("drafts/*")) == []


def test_of_two_files_the_last_is_taken(call_as, people, media_root):
    """As of any field that comes twice; the other one leaves nothing."""
    body = FORM.replace(b"%d", str(people.project.pk).encode())
    second = body[body.rindex(b"--b") :].replace(b"a.csv", b"b.csv")
    answer = people.client("owner").generic(
        "POST",
        "/api/v1/training_data/",
        body + second + b"--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    assert (answer.status_code, answer.json()["basename"]) == (201, "b.csv")
    assert len(list(media_root.glob("training_data/*/*/*.csv"))) == 1
    assert list(media_root.glob("drafts/*")) == []
