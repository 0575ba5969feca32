"""Factors of people who were not in training, from what they took."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from recotem_engine.errors import ArtifactError
from recotem_engine.types import AnyArray, Csr, Floats, JsonObject

type Arrays = dict[str, AnyArray]


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


@dataclass(frozen=True, slots=True, eq=False)
class NmfFoldIn:
    """User factors of a profile x: the non-negative w that minimises

    ½ |x - w Vᵀ|² + l1 Σ w + ½ l2 |w|² (as scikit-learn's NMF with V fixed), found
    exactly by non-negative least squares (Lawson and Hanson, 1974).

    gram: VᵀV, (K, K).
    """

    gram: Floats
    l1: float
    l2: float

    kind = "nmf"

    def user_factors(self, profiles: Csr, item_factors: Floats) -> Floats:
        from scipy.optimize import nnls  # noqa: PLC0415 — most models need none of it

        left = self.gram.astype(np.float64)
        # A factor that no item has keeps the root solvable, and stays at nought.
        left[np.diag_indices_from(left)] += self.l2 + 1e-9
        root = linalg.cholesky(left, lower=True)
        right = (profiles @ item_factors).astype(np.float64) - self.l1
        targets = linalg.solve_triangular(root, right.T, lower=True).T
        result = np.empty(targets.shape, np.float32)
        for row in range(len(result)):
            result[row], _ = nnls(root.T, targets[row])
        return result

    def arrays(self) -> Arrays:
        return {"gram": np.asarray(self.gram, np.float32)}

    def options(self) -> JsonObject:
        return {"l1": self.l1, "l2": self.l2}


type AnyFoldIn = SvdFoldIn | IalsFoldIn | NmfFoldIn


def fold_in_from_arrays(arrays: Arrays, options: JsonObject) -> AnyFoldIn | None:
    """The one whose `arrays()`, `options()` and `kind` these are; ArtifactError."""
    match options["fold_in"]:
        case None:
            return None
        case "svd":
            return SvdFoldIn()
        case "ials":
            values: dict[str, Any] = {name: options[name] for name in _IALS_OPTIONS}
            return IalsFoldIn(floats(arrays["gram"], 2), **values)
        case "nmf":
            values = {name: options[name] for name in ("l1", "l2")}
            return NmfFoldIn(floats(arrays["gram"], 2), **values)
        case other:
            raise ArtifactError(
                "artifact_version", f"The model needs the unknown fold-in {other!r}."
            )


def floats(array: AnyArray, ndim: int) -> Floats:
    """The array, if it is float32 with so many axes; ValueError otherwise."""
    if array.dtype != np.float32 or array.ndim != ndim:
        raise ValueError(f"expected float32 with {ndim} axes")
    return array.view(np.float32)
