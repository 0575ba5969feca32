"""Each item as a weighted sum of the others."""

from collections.abc import Iterator

import numpy as np
from scipy.linalg import lapack

from recotem_engine.errors import ConfigError
from recotem_engine.irspack_core import compiled_input, compiled_part
from recotem_engine.parameters import Parameters
from recotem_engine.scorers import Export, ItemWeights
from recotem_engine.types import Csr, Floats


def slim(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """SLIM (Ning and Karypis, ICDM 2011) by coordinate descent."""
    tools = compiled_part("irspack.utils._util_cpp")
    sign = "positive_only" if parameters["positive_only"] else "allow_negative"
    strength = matrix.shape[0] * float(parameters["alpha"])
    l1_ratio = float(parameters["l1_ratio"])
    weights = getattr(tools, f"slim_weight_{sign}")(
        compiled_input(matrix, np.float64),
        n_threads=threads,
        n_iter=parameters["n_iter"],
        l2_coeff=strength * (1 - l1_ratio),
        l1_coeff=strength * l1_ratio,
        tol=parameters["tol"],
        top_k=parameters["top_k"],
    )
    yield lambda: ItemWeights(weights)


def dense_slim(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """EASE^R (Steck, WWW 2019)."""
    gram = _gram(matrix)
    gram[np.diag_indices_from(gram)] += np.float32(parameters["reg"])
    weights = _without_itself(gram)
    yield lambda: ItemWeights(weights)


def edlae(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """EDLAE (Steck, NeurIPS 2020): EASE^R with dropout, in closed form."""
    gram = _gram(matrix)
    odds = float(parameters["dropout_p"]) / (1 - float(parameters["dropout_p"]))
    more = odds * np.diag(gram) + float(parameters["reg"])
    gram[np.diag_indices_from(gram)] += more.astype(np.float32)
    weights = _without_itself(gram)
    yield lambda: ItemWeights(weights)


def _gram(matrix: Csr) -> Floats:
    """XᵀX, (n_items, n_items)."""
    x = matrix.astype(np.float32)
    gram: Floats = (x.T @ x).toarray(order="F")
    return gram


def _without_itself(gram: Floats) -> Floats:
    """-G⁻¹ with each column divided by its diagonal, which becomes 0; uses up `gram`.

    The inverse by Cholesky in place: half the work and memory of a general one.
    """
    root, failed = lapack.spotrf(gram, lower=True, overwrite_a=True)
    if not failed:
        half, failed = lapack.spotri(root, lower=True, overwrite_c=True)
    if failed:
        raise ConfigError(
            "bad_parameter", "These data need a larger 'reg' to be solved."
        )
    for row in range(len(half)):
        half[row, row + 1 :] = half[row + 1 :, row]
    half /= -np.diag(half)[np.newaxis, :]
    np.fill_diagonal(half, 0)
    return np.ascontiguousarray(half)
