"""Metrics per event, such as clicks per impression, where users are still the unit.

Deng, Knoblich, Lu: Applying the delta method in metric analytics, KDD 2018, 233-242.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sums:
    """Over an arm's users: how many they are, and of two amounts x and y that each of
    them has, the sums and those of their products."""

    users: int
    x: float
    y: float
    xx: float
    xy: float
    yy: float


def ratio_of(sums: Sums) -> tuple[float, float] | None:
    """Sum of y over sum of x, and the variance of that; None while there is no x.

    y and x vary together from user to user, so the ratio is taken for the mean of what
    each user deviates from it (first-order Taylor expansion).
    """
    n = sums.users
    if not sums.x or n < 2:
        return None
    ratio = sums.y / sums.x
    deviation = sums.yy - 2 * ratio * sums.xy + ratio**2 * sums.xx
    return ratio, max(deviation, 0.0) * n / (n - 1) / sums.x**2
