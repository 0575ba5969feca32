"""MovieLens comes from a folder in one of two forms, or it is said why not."""

import csv
import gzip
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recotem_embedded.demo import movielens
from recotem_embedded.demo.movielens import MovieLens
from recotem_embedded.demo.state import HISTORY_DAYS, DemoState
from recotem_embedded.demo.worlds import world_of
from recotem_embedded.errors import StartError

TIMES = [datetime(1998, 3, 1, 12, tzinfo=UTC) + timedelta(days=d) for d in range(30)]
RATINGS = [
    (f"{user}", f"{1 + (user * 7 + n) % 20}", 1 + n % 5, TIMES[(user + n) % 30])
    for user in range(1, 13)
    for n in range(6)
]


def as_tables(folder: Path) -> None:
    with gzip.open(folder / "ml-100k.csv.gz", "wt", newline="") as file:
        table = csv.writer(file)
        table.writerow(["userId", "movieId", "rating", "timestamp"])
        for user, film, rating, time in RATINGS:
            naive = time.replace(tzinfo=None).isoformat()
            table.writerow([user, film, rating, naive])
    lines = [f"{n},Film {n} (1995),Action|Drama,1995" for n in range(1, 21)]
    text = "\n".join(["movieId,title,genres,year", *lines])
    (folder / "ml-100k-items.csv").write_text(text)


def as_archive(folder: Path) -> None:
    ratings = [f"{u}\t{f}\t{r}\t{int(t.timestamp())}" for u, f, r, t in RATINGS]
    flags = "|".join("1" if n in (1, 8) else "0" for n in range(19))
    films = [
        f"{n}|Film {n} (1995)|01-Jan-1995||http://films.example/{n}|{flags}"
        for n in range(1, 21)
    ]
    with zipfile.ZipFile(folder / "ml-100k.zip", "w") as archive:
        archive.writestr("ml-100k/u.data", "\n".join(ratings))
        archive.writestr("ml-100k/u.item", "\n".join(films).encode("latin-1"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets"
    folder.mkdir()
    monkeypatch.setenv("RECOTEM_DATASETS_DIR", str(folder))
    return folder


@pytest.mark.parametrize("write", [as_tables, as_archive])
def test_both_forms_say_the_same(home: Path, folder: Path, write: object) -> None:
    assert callable(write)
    write(folder)
    found = MovieLens.find(home)
    assert [(r.user, r.film, r.rating, r.time) for r in found.ratings] == RATINGS
    film = found.films[0]
    assert (film.id, film.title, film.genres, film.year) == (
        *("1", "Film 1 (1995)", "Action|Drama", "1995"),
    )


def test_the_home_keeps_a_copy(home: Path, folder: Path) -> None:
    as_archive(folder)
    first = MovieLens.find(home)
    (folder / "ml-100k.zip").unlink()
    assert MovieLens.find(home) == first


def test_times_are_moved_to_now(home: Path, folder: Path) -> None:
    as_tables(folder)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    opened = now - timedelta(days=HISTORY_DAYS)
    world = world_of(DemoState("ml-100k", "x", opened.isoformat()), home)
    times = [time for _, _, time, _ in world.interactions]
    assert times == sorted(times)
    assert abs(times[-1] - now) < timedelta(seconds=1)
    rated = sorted(time for *_, time in RATINGS)
    assert times[-1] - times[0] == rated[-1] - rated[0]
    assert {film for _, film, _, _ in world.interactions} == {*world.shop.item_ids}
    assert world.items_csv().decode().splitlines()[0] == (
        "movie_id,title,genres,year,picture"
    )


def test_without_folder_and_network_it_is_said_what_to_do(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(movielens, "ADDRESS", "http://127.0.0.1:1/ml-100k.zip")
    with pytest.raises(StartError, match="RECOTEM_DATASETS_DIR"):
        MovieLens.find(home)


def test_a_damaged_copy_is_named(home: Path, folder: Path) -> None:
    (folder / "ml-100k.zip").write_text("no archive")
    with pytest.raises(StartError, match="unreadable"):
        MovieLens.find(home)
