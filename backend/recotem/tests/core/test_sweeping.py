"""Files that nobody needs go after a while; all others stay."""

import os
import time

import pytest

from recotem.core.storage import drafts_folder, local_path, put, workplace
from recotem.core.sweeping import STALE_SECONDS, WORK_SECONDS, sweep
from tests.training.models import stored_data, trained_model

LATER = 2 * STALE_SECONDS


def files(media_root):
    return {str(p.relative_to(media_root)) for p in media_root.rglob("*.*")}


@pytest.mark.django_db
def test_what_rows_name_stays_however_old(project, media_root):
    stored_data(project)
    trained_model(project, file="models/1/a.rctm")
    before = files(media_root)
    sweep(now=time.time() + 100 * STALE_SECONDS)
    assert files(media_root) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "training_data/7/0123/log.csv",
        "item_meta_data/7/0123/derived/items.parquet",
        "models/7/0123.rctm",
    ],
)
def test_what_no_row_names_goes_when_it_is_old(path, project, media_root):
    data = stored_data(project)
    orphan = media_root / "orphan"
    orphan.write_text("x")
    put(orphan, path)
    sweep()
    assert local_path(path).exists()
    sweep(now=time.time() + LATER)
    assert not local_path(path).exists()
    assert local_path(data.file).exists()


@pytest.mark.django_db
def test_drafts_go_once_nobody_writes_to_them(media_root):
    now = time.time()
    old, busy = drafts_folder() / "old", drafts_folder() / "busy"
    for folder in (old, busy):
        folder.mkdir()
        (folder / "a.parquet").write_text("x")
        os.utime(folder, (now - LATER, now - LATER))
    arrived = drafts_folder() / "tmp.upload"
    arrived.write_text("x")
    for path in (old / "a.parquet", arrived):
        os.utime(path, (now - LATER, now - LATER))
    sweep(now=now)
    assert {path.name for path in drafts_folder().iterdir()} == {"busy"}


@pytest.mark.django_db
def test_the_split_of_a_search_stays_for_days(media_root):
    split = workplace("work/1") / "split.npz"
    split.write_text("x")
    sweep(now=time.time() + LATER)
    assert split.exists()
    sweep(now=time.time() + 2 * WORK_SECONDS)
    assert not split.exists()
