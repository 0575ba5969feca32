"""Three steps at random over the graph of users and items."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from recotem_engine.irspack_core import compiled_input, compiled_part
from recotem_engine.parameters import Parameters
from recotem_engine.scorers import Export, ItemWeights
from recotem_engine.types import Csr


def p3alpha(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """Cooper et al., WWW 2014."""
    knn = compiled_part("irspack.recommenders._knn")
    x = compiled_input(matrix, np.float64)
    computer = knn.P3alphaComputer(x.T, alpha=parameters["alpha"], n_threads=threads)
    weights = _scaled(computer.compute_W(x.T, parameters["top_k"]), parameters)
    yield lambda: ItemWeights(weights)


def rp3beta(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """P3alpha with popular items held down (Paudel et al., TiiS 2017)."""
    knn = compiled_part("irspack.recommenders._knn")
    x = compiled_input(matrix, np.float64)
    computer = knn.RP3betaComputer(
        x.T, alpha=parameters["alpha"], beta=parameters["beta"], n_threads=threads
    )
    weights = _scaled(computer.compute_W(x.T, parameters["top_k"]), parameters)
    yield lambda: ItemWeights(weights)


def _scaled(weights: sparse.csc_matrix, parameters: Parameters) -> Csr:
    """Rows that sum to 1, if `normalize_weight` asks for it."""
    rows: Csr = sparse.csr_array(weights)
    if parameters["normalize_weight"]:
        rows.data /= np.repeat(rows.sum(axis=1), np.diff(rows.indptr))
    return rows
