"""Interaction files for the tests of the whole."""

import csv
import gzip
import os
import random
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Dataset:
    """An interaction file and the names of its columns."""

    data: Path
    user_column: str
    item_column: str
    time_column: str | None
    items: Path | None


def movielens() -> Dataset | None:
    """MovieLens 100K from `RECOTEM_DATASETS_DIR` or beside the checkout."""
    named = os.environ.get("RECOTEM_DATASETS_DIR")
    folder = Path(named) if named else ROOT / "../shared/datasets"
    data, items = folder / "ml-100k.csv.gz", folder / "ml-100k-items.csv"
    if not data.exists():
        return None
    return Dataset(data, "userId", "movieId", "timestamp", items)


def generated(folder: Path, n_users: int = 400, n_items: int = 240) -> Dataset:
    """Six tastes; each user has 30 items, most of them of one taste."""
    source, n_tastes = random.Random(7), 6
    data = folder / "generated.csv.gz"
    with gzip.open(data, "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user", "item", "time"])
        for user in range(n_users):
            liked = range(user % n_tastes, n_items, n_tastes)
            chosen = {*source.sample(liked, 24), *source.sample(range(n_items), 6)}
            for item in sorted(chosen):
                time = 1_700_000_000 + source.randrange(10_000_000)
                writer.writerow([f"user-{user}", f"item-{item}", time])
    return Dataset(data, "user", "item", "time", None)
