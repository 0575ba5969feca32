"""MovieLens 100K: from a folder, or from where GroupLens offers it.

Its licence does not allow handing it on, so it comes to a home by way of the person.
"""

import csv
import gzip
import io
import os
import shutil
import urllib.request
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from recotem_embedded.errors import StartError

ADDRESS = "https://files.grouplens.org/datasets/movielens/ml-100k.zip"
DATA, ITEMS, ARCHIVE = "ml-100k.csv.gz", "ml-100k-items.csv", "ml-100k.zip"
_TIMEOUT = 60
_GENRES = [
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
]


@dataclass(frozen=True)
class Rating:
    user: str
    film: str
    rating: int
    time: datetime


@dataclass(frozen=True)
class Film:
    """genres: separated by `|`."""

    id: str
    title: str
    genres: str
    year: str


@dataclass(frozen=True)
class MovieLens:
    ratings: list[Rating]
    films: list[Film]

    @classmethod
    def find(cls, home: Path) -> Self:
        """The copy in the home; made, if there is none, of the files in
        RECOTEM_DATASETS_DIR or else of a download. Raises StartError."""
        folder = home / "datasets"
        if not any((folder / name).exists() for name in (DATA, ARCHIVE)):
            folder.mkdir(exist_ok=True)
            _fetch(folder)
        try:
            if (folder / DATA).exists():
                return cls(_ratings(folder / DATA), _films(folder / ITEMS))
            return cls(*_read_archive(folder / ARCHIVE))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise StartError(f"MovieLens in {folder} is unreadable: {error}") from error

    def pairs(self) -> tuple[list[str], list[str]]:
        """Users and films of all ratings."""
        return [r.user for r in self.ratings], [r.film for r in self.ratings]


def _fetch(folder: Path) -> None:
    named = os.environ.get("RECOTEM_DATASETS_DIR", "").strip()
    for names in ((ITEMS, DATA), (ARCHIVE,)):
        if named and all((Path(named) / name).exists() for name in names):
            for name in names:
                shutil.copyfile(Path(named) / name, folder / name)
            return
    _download(folder / ARCHIVE)


def _download(file: Path) -> None:
    draft = file.with_suffix(".part")
    try:
        with (
            urllib.request.urlopen(ADDRESS, timeout=_TIMEOUT) as answer,
            draft.open("wb") as out,
        ):
            shutil.copyfileobj(answer, out)
    except OSError as error:
        raise StartError(
            f"MovieLens could not be fetched from {ADDRESS} ({error}). Without a "
            f"network, put {ARCHIVE}, or {DATA} and {ITEMS}, into a folder and name it "
            "in RECOTEM_DATASETS_DIR; or start the demo without --dataset."
        ) from error
    draft.rename(file)


def _ratings(file: Path) -> list[Rating]:
    """Columns userId, movieId, rating and an ISO timestamp, UTC."""
    with gzip.open(file, "rt", newline="") as lines:
        return [
            Rating(
                row["userId"],
                row["movieId"],
                int(row["rating"]),
                datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC),
            )
            for row in csv.DictReader(lines)
        ]


def _films(file: Path) -> list[Film]:
    with file.open(newline="", encoding="utf-8") as lines:
        return [
            Film(row["movieId"], row["title"], row["genres"], row["year"])
            for row in csv.DictReader(lines)
        ]


def _read_archive(file: Path) -> tuple[list[Rating], list[Film]]:
    """`u.data` and `u.item` as GroupLens packs them."""
    with zipfile.ZipFile(file) as archive:
        data = archive.read("ml-100k/u.data").decode("ascii")
        items = archive.read("ml-100k/u.item").decode("latin-1")
    ratings = [
        Rating(user, film, int(rating), datetime.fromtimestamp(int(time), UTC))
        for user, film, rating, time in csv.reader(io.StringIO(data), delimiter="\t")
    ]
    films = [
        Film(row[0], row[1], _genres(row[5:]), row[2][-4:])
        for row in csv.reader(io.StringIO(items), delimiter="|", quoting=csv.QUOTE_NONE)
    ]
    return ratings, films


def _genres(flags: list[str]) -> str:
    return "|".join(
        genre for genre, flag in zip(_GENRES, flags, strict=True) if flag == "1"
    )
