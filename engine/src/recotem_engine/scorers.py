"""Trained models as plain arrays, and how each turns a user into item scores.

All scorers answer the same questions with float32 scores, one per item: `score_users`
(known users; `score_user` is the quick way for one), `score_profiles` (anybody, by what
they consumed) and `similar_items`. Where a kind of model has no answer, NotSupported is
raised.
"""

from collections.abc import Callable
from typing import Protocol, Self

import numpy as np
from scipy import sparse

from recotem_engine.errors import ArtifactError, NotSupported
from recotem_engine.fold_ins import AnyFoldIn, Arrays, floats, fold_in_from_arrays
from recotem_engine.types import Csr, Floats, Ints, JsonObject


class Scorer(Protocol):
    """What Recommender, evaluation and the model file need from a trained model."""

    @property
    def kind(self) -> str: ...
    @property
    def n_items(self) -> int: ...
    def score_users(self, rows: Ints, profiles: Csr) -> Floats:
        """Scores (n, n_items) of known users by rows (n,), profiles (n, n_items)."""

    def score_user(self, row: int, cols: Ints, weights: Floats) -> Floats:
        """Scores (n_items,), not to be written to, of the known user in this row,
        who took the items in cols (nnz,) with these weights (nnz,)."""

    def score_profiles(self, profiles: Csr) -> Floats:
        """Scores (n, n_items) for profiles of people who were not in training."""

    def similar_items(self, col: int) -> Floats:
        """Similarity (n_items,) of every item to the one in this column."""

    def arrays(self) -> Arrays: ...
    def options(self) -> JsonObject: ...


type Export = Callable[[], Scorer]


class Popularity:
    """The same scores for everybody. scores: float32 (n_items,)."""

    kind = "popularity"

    def __init__(self, scores: Floats) -> None:
        self.scores = np.asarray(scores, np.float32)

    @property
    def n_items(self) -> int:
        return len(self.scores)

    def score_users(self, rows: Ints, profiles: Csr) -> Floats:
        return np.tile(self.scores, (len(rows), 1))

    def score_user(self, row: int, cols: Ints, weights: Floats) -> Floats:
        return self.scores

    def score_profiles(self, profiles: Csr) -> Floats:
        return np.tile(self.scores, (profiles.shape[0], 1))

    def similar_items(self, col: int) -> Floats:
        raise NotSupported(
            "This model only knows how popular items are, not how similar."
        )

    def arrays(self) -> Arrays:
        return {"scores": self.scores}

    def options(self) -> JsonObject:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Arrays, options: JsonObject) -> Self:
        return cls(floats(arrays["scores"], 1))


class ItemWeights:
    """Scores x W for a profile row x. weights: (n_items, n_items), CSR or dense."""

    kind = "item_weights"

    def __init__(self, weights: Csr | Floats) -> None:
        self.weights: Csr | Floats
        if isinstance(weights, np.ndarray):
            self.weights = np.asarray(weights, np.float32)
        else:  # no new matrix if it is one already: scipy would copy a mapped one
            self.weights = weights.tocsr().astype(np.float32, copy=False)

    @property
    def n_items(self) -> int:
        return int(self.weights.shape[0])

    def score_users(self, rows: Ints, profiles: Csr) -> Floats:
        return self.score_profiles(profiles)

    def score_user(self, row: int, cols: Ints, weights: Floats) -> Floats:
        scores: Floats = self.weights[cols].T @ weights
        return scores

    def score_profiles(self, profiles: Csr) -> Floats:
        if isinstance(self.weights, np.ndarray):
            product: Floats = profiles.toarray() @ self.weights  # 10 times as fast
            return product
        return _dense(profiles @ self.weights)

    def similar_items(self, col: int) -> Floats:
        row: Floats = _dense(self.weights[[col]])[0]
        return row

    def arrays(self) -> Arrays:
        if isinstance(self.weights, np.ndarray):
            return {"weights": self.weights}
        return csr_arrays(self.weights)

    def options(self) -> JsonObject:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Arrays, options: JsonObject) -> Self:
        if "weights" in arrays:
            return cls(floats(arrays["weights"], 2))
        n_items = len(arrays["indptr"]) - 1
        return cls(csr_from_arrays(arrays, (n_items, n_items)))


class UserWeights:
    """Scores the rows of U X: what similar users took.

    weights U: similarity of users, (n_users, n_users); taken X: (n_users, n_items).
    """

    kind = "user_weights"

    def __init__(self, weights: Csr, taken: Csr) -> None:
        self.weights: Csr = weights.tocsr().astype(np.float32, copy=False)
        self.taken: Csr = taken.tocsr().astype(np.float32, copy=False)

    @property
    def n_items(self) -> int:
        return int(self.taken.shape[1])

    def score_users(self, rows: Ints, profiles: Csr) -> Floats:
        return _dense(self.weights[rows] @ self.taken)

    def score_user(self, row: int, cols: Ints, weights: Floats) -> Floats:
        scores: Floats = self.score_users(np.array([row]), self.taken)[0]
        return scores

    def score_profiles(self, profiles: Csr) -> Floats:
        raise NotSupported(
            "This model compares users, and only those it was trained on."
        )

    def similar_items(self, col: int) -> Floats:
        raise NotSupported("This model compares users, not items.")

    def arrays(self) -> Arrays:
        parts = {"weights": self.weights, "taken": self.taken}
        return {
            f"{part}_{name}": array
            for part, matrix in parts.items()
            for name, array in csr_arrays(matrix).items()
        }

    def options(self) -> JsonObject:
        return {"n_items": self.n_items}

    @classmethod
    def from_arrays(cls, arrays: Arrays, options: JsonObject) -> Self:
        parts: dict[str, Arrays] = {"weights": {}, "taken": {}}
        for path, array in arrays.items():
            part, _, name = path.partition("_")
            parts[part][name] = array
        n_users, n_items = len(parts["taken"]["indptr"]) - 1, options["n_items"]
        return cls(
            csr_from_arrays(parts["weights"], (n_users, n_users)),
            csr_from_arrays(parts["taken"], (n_users, int(str(n_items)))),
        )


class Factors:
    """Scores u Vᵀ. user_factors: (n_users, K); item_factors V: (n_items, K).

    fold_in computes u for a profile that was not in training; None: it cannot.
    """

    kind = "factors"

    def __init__(
        self,
        user_factors: Floats,
        item_factors: Floats,
        fold_in: AnyFoldIn | None = None,
    ) -> None:
        self.user_factors = np.ascontiguousarray(user_factors, np.float32)
        self.item_factors = np.ascontiguousarray(item_factors, np.float32)
        self.fold_in = fold_in

    @property
    def n_items(self) -> int:
        return len(self.item_factors)

    def score_users(self, rows: Ints, profiles: Csr) -> Floats:
        scores: Floats = self.user_factors[rows] @ self.item_factors.T
        return scores

    def score_user(self, row: int, cols: Ints, weights: Floats) -> Floats:
        scores: Floats = self.item_factors @ self.user_factors[row]
        return scores

    def score_profiles(self, profiles: Csr) -> Floats:
        if self.fold_in is None:
            raise NotSupported("This model cannot score users it was not trained on.")
        return (
            self.fold_in.user_factors(profiles, self.item_factors) @ self.item_factors.T
        )

    def similar_items(self, col: int) -> Floats:
        """Cosine of the items' factors; items without any get 0."""
        lengths = np.sqrt(np.einsum("ik,ik->i", self.item_factors, self.item_factors))
        scale = lengths * lengths[col]
        products = self.item_factors @ self.item_factors[col]
        similar: Floats = np.zeros_like(scale)
        np.divide(products, scale, out=similar, where=scale > 0)
        return similar

    def arrays(self) -> Arrays:
        own: Arrays = {
            "user_factors": self.user_factors,
            "item_factors": self.item_factors,
        }
        return own | (self.fold_in.arrays() if self.fold_in else {})

    def options(self) -> JsonObject:
        if self.fold_in is None:
            return {"fold_in": None}
        return {"fold_in": self.fold_in.kind} | self.fold_in.options()

    @classmethod
    def from_arrays(cls, arrays: Arrays, options: JsonObject) -> Self:
        return cls(
            floats(arrays["user_factors"], 2),
            floats(arrays["item_factors"], 2),
            fold_in_from_arrays(arrays, options),
        )


_KINDS: dict[str, type[Popularity | ItemWeights | UserWeights | Factors]] = {
    kind.kind: kind for kind in (Popularity, ItemWeights, UserWeights, Factors)
}


def from_arrays(kind: str, arrays: Arrays, options: JsonObject) -> Scorer:
    """The scorer whose `kind`, `arrays()` and `options()` these are; ArtifactError."""
    if kind not in _KINDS:
        raise ArtifactError(
            "artifact_version", f"This version knows no model of the kind {kind!r}."
        )
    try:
        return _KINDS[kind].from_arrays(arrays, options)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            "artifact_damaged", "The arrays of the model do not fit together."
        ) from error


def csr_arrays(matrix: Csr) -> Arrays:
    """The three arrays of a CSR matrix, with the smaller index type that fits."""
    largest = max(matrix.nnz, *matrix.shape)
    index = np.int32 if largest <= np.iinfo(np.int32).max else np.int64
    return {
        "data": matrix.data,
        "indices": matrix.indices.astype(index, copy=False),
        "indptr": matrix.indptr.astype(index, copy=False),
    }


def csr_from_arrays(arrays: Arrays, shape: tuple[int, int]) -> Csr:
    """The opposite of `csr_arrays`; ValueError if the arrays do not fit together.

    The matrix holds the given arrays themselves: scipy's constructor would copy those
    that are a small part of a mapped file.
    """
    data, indices, indptr = arrays["data"], arrays["indices"], arrays["indptr"]
    sizes_fit = len(indptr) == shape[0] + 1 and len(data) == len(indices) == indptr[-1]
    if data.dtype != np.float32 or indices.dtype != indptr.dtype or not sizes_fit:
        raise ValueError("the arrays of the matrix do not fit together")
    matrix: Csr = sparse.csr_array(shape, dtype=np.float32)
    for name in ("data", "indices", "indptr"):
        setattr(matrix, name, arrays[name])
    return matrix


def _dense(product: Csr | Floats) -> Floats:
    if isinstance(product, np.ndarray):
        return np.asarray(product, np.float32)
    return np.asarray(product.toarray(), np.float32)
