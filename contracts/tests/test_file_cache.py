"""Copies come once, whole, and go when there is no room."""

import mmap
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from recotem_contracts import file_cache
from recotem_contracts.file_cache import FileCache


class Elsewhere:
    """Ten bytes under every name but `gone`."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def fetch(self, name: str, target: Path) -> None:
        self.asked.append(name)
        target.write_text("half")
        if name.endswith("gone"):
            raise FileNotFoundError(name)
        target.write_text(f"{name:10}")


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def cache(tmp_path: Path, elsewhere: Elsewhere) -> FileCache:
    return FileCache(tmp_path, 25, elsewhere.fetch)


def used(path: Path, seconds_ago: float) -> None:
    os.utime(path, (time.time() - seconds_ago, path.stat().st_mtime))


def test_a_file_is_fetched_once(cache, elsewhere):
    first = cache.get("a/b")
    changed = first.stat().st_mtime_ns
    assert cache.get("a/b").read_text() == "a/b       "
    assert elsewhere.asked == ["a/b"]
    assert first.stat().st_mtime_ns == changed


def test_those_who_ask_at_once_wait_for_one_copy(tmp_path):
    asked, second = [], threading.Event()

    def fetch(name: str, target: Path) -> None:
        asked.append(name)
        if len(asked) > 1:
            second.set()
        second.wait(0.5)  # as long as somebody else would need to ask
        target.write_text(name)

    together = threading.Barrier(4)

    def get(_: int) -> str:
        together.wait(30)
        return FileCache(tmp_path, 100, fetch).get("a/b").read_text()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(get, range(4))) == ["a/b"] * 4
    assert asked == ["a/b"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b"]


def test_half_a_file_is_never_seen(cache, tmp_path):
    with pytest.raises(FileNotFoundError):
        cache.get("x/gone")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd"])
def test_a_name_cannot_lead_out(name, cache):
    with pytest.raises(ValueError, match="leads out"):
        cache.get(name)


def test_the_least_recently_used_make_room(cache, elsewhere):
    for age, name in enumerate(("c", "b", "a")):
        cache.get(name)
        used(cache.path(name), 1000 - age)
    cache.get("c")
    cache.get("d")
    left = {name for name in "abcd" if cache.path(name).exists()}
    assert left == {"c", "d"}


def test_what_was_used_just_now_stays_however_little_room_there_is(cache):
    for name in "abcde":
        cache.get(name)
    assert all(cache.path(name).exists() for name in "abcde")


def test_a_mapped_file_outlives_its_name(cache, monkeypatch):
    monkeypatch.setattr(file_cache, "_GRACE_SECONDS", 0)
    with cache.get("a").open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    for name in "bcd":
        cache.get(name)
    assert not cache.path("a").exists()
    assert mapped[:] == b"a         "
    mapped.close()


def test_a_file_of_this_machine_can_be_taken_over_and_dropped(
    cache, elsewhere, tmp_path_factory
):
    source = tmp_path_factory.mktemp("made") / "file"
    source.write_text("made here")
    cache.adopt(source, "kept/a")
    assert cache.get("kept/a").read_text() == "made here"
    assert (elsewhere.asked, source.exists()) == ([], False)
    cache.drop("kept")
    cache.drop("kept/a")
    assert not cache.path("kept/a").exists()
