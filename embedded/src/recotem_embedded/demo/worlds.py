"""What a demo is filled with: a shop, what its people took, and what it sells."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import numpy as np

from recotem_shop import GeneratedShop, Shop, generate, learned_shop, picture

from .movielens import MovieLens
from .state import HISTORY_DAYS, DemoState

type Row = Sequence[object]


@dataclass(frozen=True)
class World:
    """interactions: rows of user, item, time and one more column, by time.

    items: rows of item and what is known of it.
    """

    name: str
    shop: Shop
    columns: tuple[str, str, str, str]
    interactions: list[tuple[str, str, datetime, object]]
    item_columns: tuple[str, ...]
    items: list[Row]

    def interactions_csv(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> bytes:
        """Interactions from `since` on and before `until`; None is no bound."""
        rows = [
            (user, item, time.isoformat(), more)
            for user, item, time, more in self.interactions
            if (since is None or time >= since) and (until is None or time < until)
        ]
        return _csv(self.columns, rows)

    def items_csv(self) -> bytes:
        return _csv(self.item_columns, self.items)


def _csv(columns: Row, rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(columns)
    table.writerows(rows)
    return text.getvalue().encode()


def shop_of(state: DemoState, home: Path) -> Shop:
    """The shop in which a demo plays."""
    if state.dataset == "shop":
        return _generated(state)
    return _learned(state, MovieLens.find(home))


def world_of(state: DemoState, home: Path) -> World:
    """Everything for a demo that began with this state. Raises StartError."""
    if state.dataset == "shop":
        return _world_of_shop(_generated(state))
    films = MovieLens.find(home)
    return _world_of_movielens(films, _learned(state, films))


def _generated(state: DemoState) -> GeneratedShop:
    return generate(seed=state.seed, opened=datetime.fromisoformat(state.opened))


def _learned(state: DemoState, films: MovieLens) -> Shop:
    users, items = films.pairs()
    opened = datetime.fromisoformat(state.opened)
    return learned_shop(users, items, seed=state.seed, opened=opened)


def _world_of_shop(shop: GeneratedShop) -> World:
    log = shop.history(np.random.default_rng(shop.tastes.seed), 0, HISTORY_DAYS)
    times = [shop.moment(day) for day in log.days]
    return World(
        name="Simulated shop",
        shop=shop,
        columns=("user_id", "item_id", "time", "event"),
        interactions=list(zip(log.users, log.items, times, log.kinds, strict=True)),
        item_columns=(
            *("item_id", "title", "category", "price", "released", "brand"),
            *("colour", "material", "picture"),
        ),
        items=[
            (
                *(item.id, item.title, item.category, item.price),
                *(shop.moment(item.released).date(), item.brand, item.colour),
                *(item.material, _address(item.id, item.title, item.category)),
            )
            for item in shop.items
        ],
    )


def _world_of_movielens(films: MovieLens, shop: Shop) -> World:
    """Its times are moved so that the last of them is when the demo is made."""
    last = max(rating.time for rating in films.ratings)
    moved = shop.moment(HISTORY_DAYS) - last
    return World(
        name="MovieLens 100K",
        shop=shop,
        columns=("user_id", "movie_id", "time", "rating"),
        interactions=sorted(
            ((r.user, r.film, r.time + moved, r.rating) for r in films.ratings),
            key=lambda row: row[2],
        ),
        item_columns=("movie_id", "title", "genres", "year", "picture"),
        items=[
            (
                *(film.id, film.title, film.genres, film.year),
                _address(film.id, film.title, film.genres.partition("|")[0]),
            )
            for film in films.films
        ],
    )


def _address(item_id: str, title: str, category: str) -> str:
    return f"data:image/svg+xml,{quote(picture(item_id, title, category))}"
