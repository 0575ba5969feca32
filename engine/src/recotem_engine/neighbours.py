"""Items, or users, that are alike because they share users, or items."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse

from recotem_engine.irspack_core import compiled_input, compiled_part
from recotem_engine.parameters import Parameters
from recotem_engine.scorers import Export, ItemWeights, UserWeights
from recotem_engine.types import Csr


def item_neighbours(
    kind: str, matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """Similar items; kind: see `_computer`."""
    x = compiled_input(matrix, np.float64)
    computer = _computer(kind, _weighted(x, parameters).T, parameters, threads)
    weights = _without_diagonal(computer.compute_similarity(x.T, parameters["top_k"]))
    yield lambda: ItemWeights(weights)


def user_neighbours(
    kind: str, matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """Similar users; kind: see `_computer`."""
    x = compiled_input(matrix, np.float64)
    computer = _computer(kind, _weighted(x, parameters), parameters, threads)
    weights = _without_diagonal(computer.compute_similarity(x, parameters["top_k"]))
    yield lambda: UserWeights(weights, matrix)


cosine_knn = partial(item_neighbours, "Cosine")
asymmetric_cosine_knn = partial(item_neighbours, "Asymmetric")
jaccard_knn = partial(item_neighbours, "Jaccard")
tversky_index_knn = partial(item_neighbours, "Tversky")
cosine_user_knn = partial(user_neighbours, "Cosine")
asymmetric_cosine_user_knn = partial(user_neighbours, "Asymmetric")


def _weighted(x: sparse.csr_matrix, parameters: Parameters) -> Any:
    tools = compiled_part("irspack.utils._util_cpp")
    match parameters.get("feature_weighting"):
        case "BM_25":
            k1, b = parameters["bm25_k1"], parameters["bm25_b"]
            return tools.okapi_BM_25_weight(x, k1, b)
        case "TF_IDF":
            return tools.tf_idf_weight(x)
        case _:
            return x


def _computer(kind: str, rows: Any, parameters: Parameters, threads: int) -> Any:
    """Of the similarity of rows a, b:

    Cosine: a·b / (|a||b| + shrinkage), or a·b alone if not normalised.
    Asymmetric: a·b / (|a|^2p |b|^2(1-p) + shrinkage), p = alpha (Aiolli, RecSys 2013).
    Jaccard, Tversky: by which columns they have, not how much.
    """
    knn = compiled_part("irspack.recommenders._knn")
    names = {
        "Cosine": ("CosineSimilarityComputer", ("normalize",)),
        "Asymmetric": ("AsymmetricSimilarityComputer", ("alpha",)),
        "Jaccard": ("JaccardSimilarityComputer", ()),
        "Tversky": ("TverskyIndexComputer", ("alpha", "beta")),
    }
    name, own = names[kind]
    values = [parameters[key] for key in ("shrinkage", *own)]
    return getattr(knn, name)(rows, *values, threads)


def _without_diagonal(weights: Any) -> Csr:
    tools = compiled_part("irspack.utils._util_cpp")
    return sparse.csr_array(tools.remove_diagonal(weights), dtype=np.float32)
