"""Trained models as plain arrays, and how each turns a user into item scores.

All scorers answer the same questions with float32 scores, one per item: `score_users`
(known users; `score_user` is the quick way for one), `score_profiles` (anybody, by what
they consumed) and `similar_items`. Where a kind of model has no answer, NotSupported is
raised.
"""

from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from scipy import linalg, sparse

from recotem_engine.errors import ArtifactError, NotSupported
from recotem_engine.types import AnyArray, Csr, Floats, Ints, JsonObject

type Arrays = dict[str, AnyArray]


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
        return cls(_floats(arrays["scores"], 1))


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
            return cls(_floats(arrays["weights"], 2))
        n_items = len(arrays["indptr"]) - 1
        return cls(csr_from_arrays(arrays, (n_items, n_items)))


@dataclass(frozen=True, slots=True)
class SvdFoldIn:
    """User factors of a profile x: x V, for V (n_items, K) with orthonormal columns."""

    kind = "svd"

    def user_factors(self, profiles: Csr, item_factors: Floats) -> Floats:
        return np.asarray(profiles @ item_factors, np.float32)

    def arrays(self) -> Arrays:
        return {}

    def options(self) -> JsonObject:
        return {}


@dataclass(frozen=True, slots=True, eq=False)
class IalsFoldIn:
    """User factors of a profile by the exact least-squares step of iALS.

    u = (P + Σ c_j v_j v_jᵀ + λ I)⁻¹ Σ (b + c_j) v_j over the items j of the profile;
    c_j = weight, or log(1 + weight / epsilon) with log scaling;
    λ = reg · (alpha0 · n_items + nnz)^nu; b = 0, or alpha0 with the original loss
    (Hu, Koren, Volinsky, ICDM 2008; Rendle et al., RecSys 2022).

    gram: P = alpha0 · VᵀV, (K, K). reg: the regularisation after its scaling.
    loss_type: "IALSPP" | "ORIGINAL"; confidence_scaling: "none" | "log".
    """

    gram: Floats
    alpha0: float
    reg: float
    nu: float
    loss_type: str = "IALSPP"
    confidence_scaling: str = "none"
    epsilon: float = 1.0

    kind = "ials"

    def user_factors(self, profiles: Csr, item_factors: Floats) -> Floats:
        result = np.empty((profiles.shape[0], item_factors.shape[1]), np.float32)
        bounds = zip(profiles.indptr[:-1], profiles.indptr[1:], strict=True)
        for row, (start, end) in enumerate(bounds):
            items = item_factors[profiles.indices[start:end]]
            nnz = int(end - start)
            penalty = self.reg * (self.alpha0 * len(item_factors) + nnz) ** self.nu
            result[row] = self._solve(items, profiles.data[start:end], penalty)
        return result

    def _solve(self, items: Floats, weights: Floats, penalty: float) -> Floats:
        """items: factors of the profile's items (nnz, K); weights: (nnz,)."""
        v = items.astype(np.float64)
        c = weights.astype(np.float64)
        if self.confidence_scaling == "log":
            c = np.log1p(c / self.epsilon)
        bias = self.alpha0 if self.loss_type == "ORIGINAL" else 0.0
        left = self.gram.astype(np.float64) + (v.T * c) @ v
        left[np.diag_indices_from(left)] += penalty
        solution = linalg.solve(left, v.T @ (bias + c), assume_a="pos")
        return np.asarray(solution, np.float32)

    def arrays(self) -> Arrays:
        return {"gram": np.asarray(self.gram, np.float32)}

    def options(self) -> JsonObject:
        return {name: getattr(self, name) for name in _IALS_OPTIONS}


_IALS_OPTIONS = ("alpha0", "reg", "nu", "loss_type", "confidence_scaling", "epsilon")

type AnyFoldIn = SvdFoldIn | IalsFoldIn


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
            _floats(arrays["user_factors"], 2),
            _floats(arrays["item_factors"], 2),
            _fold_in(arrays, options),
        )


def _fold_in(arrays: Arrays, options: JsonObject) -> AnyFoldIn | None:
    match options["fold_in"]:
        case None:
            return None
        case "svd":
            return SvdFoldIn()
        case "ials":
            values: dict[str, Any] = {name: options[name] for name in _IALS_OPTIONS}
            return IalsFoldIn(_floats(arrays["gram"], 2), **values)
        case other:
            raise ArtifactError(
                "artifact_version", f"The model needs the unknown fold-in {other!r}."
            )


_KINDS: dict[str, type[Popularity | ItemWeights | Factors]] = {
    kind.kind: kind for kind in (Popularity, ItemWeights, Factors)
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


def _floats(array: AnyArray, ndim: int) -> Floats:
    if array.dtype != np.float32 or array.ndim != ndim:
        raise ValueError(f"expected float32 with {ndim} axes")
    return array.view(np.float32)


def _dense(product: Csr | Floats) -> Floats:
    if isinstance(product, np.ndarray):
        return np.asarray(product, np.float32)
    return np.asarray(product.toarray(), np.float32)
