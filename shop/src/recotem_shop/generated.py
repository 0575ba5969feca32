"""A shop made of chance alone."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from .catalogue import CATEGORIES, Item, generate_items
from .clicks import Floats
from .shop import Shop
from .tastes import Tastes

N_FACTORS = 8
VISITS_PER_DAY = 0.12


@dataclass(frozen=True)
class GeneratedShop(Shop):
    """A shop whose articles have names, prices and pictures."""

    items: tuple[Item, ...] = ()


def generate(
    *, seed: int, opened: datetime, n_users: int = 2000, n_items: int = 300
) -> GeneratedShop:
    """The shop of a seed. Every category is a direction in which tastes can lie; its
    articles lie around it, and each user begins near two of them."""
    rng = np.random.default_rng(seed)
    centres = _unit(rng.standard_normal((len(CATEGORIES), N_FACTORS)))
    items = generate_items(rng, n_items)
    of_items = np.array([list(CATEGORIES).index(item.category) for item in items])
    typical = np.array([CATEGORIES[item.category][0] for item in items])
    return GeneratedShop(
        opened=opened,
        user_ids=tuple(f"user-{number + 1:04d}" for number in range(n_users)),
        item_ids=tuple(item.id for item in items),
        tastes=Tastes(_first_tastes(rng, centres, n_users), seed),
        factors=_unit(
            centres[of_items] + 0.25 * rng.standard_normal((n_items, N_FACTORS))
        ),
        popularity=rng.standard_normal(n_items),
        released=np.array([item.released for item in items]),
        dearness=np.log(np.array([item.price for item in items]) / typical),
        activity=VISITS_PER_DAY * rng.lognormal(-0.32, 0.8, n_users),
        items=items,
    )


def _first_tastes(rng: np.random.Generator, centres: Floats, n_users: int) -> Floats:
    liked = rng.integers(len(centres), size=(n_users, 2))
    near = centres[liked].sum(axis=1) + 0.4 * rng.standard_normal((n_users, N_FACTORS))
    # A component's spread is about one, so that an affinity's is too.
    return np.asarray(np.sqrt(N_FACTORS) * _unit(near))


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
