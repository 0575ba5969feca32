"""irspack's compiled parts alone: its package takes six seconds to import.

`import irspack` loads pandas, scikit-learn and optuna, of which fitting needs nothing.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import numpy as np
from scipy import sparse

from recotem_engine.types import Csr


def compiled_part(name: str) -> ModuleType:
    """A compiled module of irspack by its full name, e.g. irspack.recommenders._knn.

    Registered under that name, so that irspack itself, if imported, shares it.
    """
    if name in sys.modules:
        return sys.modules[name]
    package = find_spec("irspack")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("irspack is not installed.", name="irspack")
    folders = name.split(".")[1:-1]
    place = "/".join([package.submodule_search_locations[0], *folders])
    spec = PathFinder.find_spec(name, [place])
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{name} is not installed.", name=name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module


def compiled_input(matrix: Csr, dtype: type[np.floating]) -> sparse.csr_matrix:
    """As irspack's compiled parts want it: 32-bit indices, csr_matrix."""
    return sparse.csr_matrix(
        (
            matrix.data.astype(dtype),
            matrix.indices.astype(np.int32),
            matrix.indptr.astype(np.int32),
        ),
        shape=matrix.shape,
    )
