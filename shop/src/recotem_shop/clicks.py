"""Why somebody who is shown a list clicks, and why he buys.

The position-based model: an item is clicked if it is looked at and it appeals. Whether
it is looked at depends on its rank alone, whether it appeals on user and item alone
(the examination hypothesis: Richardson, Dominowska and Ragno, "Predicting clicks",
WWW 2007; compared with others by Craswell et al., "An experimental comparison of click
position-bias models", WSDM 2008).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Behaviour:
    """The weights of what counts, in units of log odds."""

    click: float = -6.0
    affinity: float = 1.5
    popularity: float = 0.8
    freshness: float = 0.6
    #: Days after which the news of a release has faded to 1/e.
    fading: float = 30.0
    buy: float = -1.2
    buy_affinity: float = 0.5
    buy_price: float = -0.8


def examination(n: int) -> Floats:
    """Chance that ranks 1 … n are looked at: 1 / log2(rank + 1), shape (n,).

    It is the discount that NDCG has for ranks (Järvelin and Kekäläinen, "Cumulated
    gain-based evaluation of IR techniques", ACM TOIS 20 (4), 2002).
    """
    return np.asarray(1.0 / np.log2(np.arange(1, n + 1) + 1.0))


def logistic(odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))
