"""What most people took."""

from collections.abc import Iterator

import numpy as np

from recotem_engine.parameters import Parameters
from recotem_engine.scorers import Export, Popularity
from recotem_engine.types import Csr


def top_pop(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """Items by how often they were taken."""
    scores = matrix.sum(axis=0, dtype=np.float64).astype(np.float32)
    yield lambda: Popularity(scores)
