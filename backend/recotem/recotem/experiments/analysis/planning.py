"""How many users a test needs before it starts."""

from functools import lru_cache
from math import ceil
from statistics import NormalDist

import numpy as np

from recotem.experiments.analysis.sequences import Sequence

#: At so many places of an interval its ways are followed.
_POINTS = 160


def users_needed(
    rate: float, lift: float, *, level: float, power: float, looks: int
) -> int:
    """In each arm, to find a lift with the probability `power`.

    rate: of the control, in (0, 1). lift: percent of it. level: of the intervals.
    looks: how often one looks until then, evenly; each may end the test.
    """
    other = min(rate * (1 + lift / 100), 1.0)
    variance = rate * (1 - rate) + other * (1 - other)
    return ceil(drift_needed(level, power, looks) ** 2 * variance / (other - rate) ** 2)


def users_needed_at_once(
    rate: float, lift: float, *, level: float, power: float
) -> int:
    """The same for somebody who looks once, at the end, by the z-test.

    Fleiss, Levin, Paik: Statistical Methods for Rates and Proportions, 3rd ed. (2003),
    section 4.2.
    """
    other = min(rate * (1 + lift / 100), 1.0)
    variance = rate * (1 - rate) + other * (1 - other)
    normal = NormalDist()
    drift = normal.inv_cdf((1 + level) / 2) + normal.inv_cdf(power)
    return ceil(drift**2 * variance / (other - rate) ** 2)


def drift_needed(level: float, power: float, looks: int) -> float:
    """The true difference, in standard errors at the planned end, that it takes."""
    low, high = 0.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        found = power_of(middle, level, looks) >= power
        low, high = (low, middle) if found else (middle, high)
    return high


def power_of(drift: float, level: float, looks: int) -> float:
    """The probability that one of the looks finds a difference of this size.

    The estimate times its information is a Brownian motion with this drift; where there
    is one, each way is as much more likely as Girsanov's theorem says.
    """
    ends, undecided = _undecided(level, looks)
    return float(1 - undecided @ np.exp(drift * ends - drift**2 / 2))


@lru_cache(64)
def _undecided(level: float, looks: int) -> tuple[np.ndarray, np.ndarray]:
    """Where ways without drift end that stay within the bounds at all looks, and with
    which probability.

    What is undecided after each look is carried to the next (Armitage, McPherson, Rowe:
    Repeated significance tests on accumulating data, Journal of the Royal Statistical
    Society A 132 (1969), 235-244), by Gauss-Legendre quadrature.
    """
    places, parts = np.polynomial.legendre.leggauss(_POINTS)
    at, weight = np.zeros(1), np.ones(1)
    for look in range(1, looks + 1):
        progress = look / looks
        bound = Sequence(progress, level).reach * progress**0.5
        following = places * bound
        moves = np.exp(-((following[:, None] - at) ** 2) * looks / 2)
        density = moves @ weight * (looks / (2 * np.pi)) ** 0.5
        at, weight = following, density * parts * bound
    return at, weight
