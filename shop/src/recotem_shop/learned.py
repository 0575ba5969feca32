"""A shop whose people are those of a real interaction log."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from .clicks import Behaviour
from .shop import Shop
from .tastes import Tastes

N_FACTORS = 16
VISITS_PER_DAY = 0.25


def learned_shop(
    users: Sequence[str], items: Sequence[str], *, seed: int, opened: datetime
) -> Shop:
    """Who interacted with what, row by row, taken for what people like.

    Tastes and factors are the largest singular vectors of the matrix of interactions,
    less the share of users that each item has (after PureSVD: Cremonesi, Koren and
    Turrin, "Performance of recommender algorithms on top-N recommendation tasks",
    RecSys 2010), scaled so that every user's affinities have a standard deviation of
    one. Popularity is the logarithm of the number of interactions. Everything was
    released long ago and costs the same, and a user comes the more often the more
    interactions he has.
    """
    user_ids, rows = np.unique(np.asarray(users), return_inverse=True)
    item_ids, columns = np.unique(np.asarray(items), return_inverse=True)
    matrix = np.zeros((len(user_ids), len(item_ids)))
    matrix[rows, columns] = 1.0
    around = matrix - matrix.mean(axis=0)
    # The left singular vectors; users are few.
    _, vectors = np.linalg.eigh(around @ around.T)
    tastes = vectors[:, : -N_FACTORS - 1 : -1]
    factors = around.T @ tastes
    tastes = tastes / (tastes @ factors.T).std(axis=1, keepdims=True)
    often = np.log(matrix.sum(axis=0))
    activity = matrix.sum(axis=1) / matrix.sum(axis=1).mean()
    return Shop(
        opened=opened,
        user_ids=tuple(user_ids.tolist()),
        item_ids=tuple(item_ids.tolist()),
        tastes=Tastes(tastes, seed),
        factors=factors,
        popularity=(often - often.mean()) / often.std(),
        released=np.full(len(item_ids), -1e4),
        dearness=np.zeros(len(item_ids)),
        activity=VISITS_PER_DAY * activity,
        behaviour=Behaviour(affinity=0.8),
    )
