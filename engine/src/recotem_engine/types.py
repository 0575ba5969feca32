"""Names for the arrays and results that pass between modules."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

type Floats = npt.NDArray[np.float32]
type Ints = npt.NDArray[np.integer]
type Int32s = npt.NDArray[np.int32]
type Int64s = npt.NDArray[np.int64]
type AnyArray = npt.NDArray[np.generic]
type Csr = sparse.csr_array[np.float32, tuple[int, int]]

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type JsonObject = dict[str, Json]


class Scored(NamedTuple):
    """One recommended item; higher scores come first, their unit is the model's."""

    item_id: str
    score: float


type Ranking = list[Scored]
