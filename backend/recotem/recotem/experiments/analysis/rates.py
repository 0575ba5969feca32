"""Whether one arm of a test converts better than the other. Pure functions.

The unit is a user: exposed or not, converted or not. Every input has an answer.
"""

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import Self

from recotem.experiments.analysis.sequences import Sequence, ratio_bounds


@dataclass(frozen=True)
class Arm:
    """How many users saw something, and how many of them converted."""

    users: int
    conversions: int

    @property
    def rate(self) -> float:
        """0 while there is nobody."""
        return self.conversions / self.users if self.users else 0.0

    def __add__(self, more: Self) -> "Arm":
        return Arm(self.users + more.users, self.conversions + more.conversions)


NOBODY = Arm(0, 0)


@dataclass(frozen=True)
class Comparison:
    """What the variant has over the control.

    lift: percent of the control's rate; None while that rate is zero.
    confidence_interval: of the difference of the rates.
    """

    z_score: float
    p_value: float
    significant: bool
    lift: float | None
    confidence_interval: tuple[float, float]
    sufficient_data: bool


def compare(
    control: Arm, variant: Arm, *, confidence_level: float, min_sample_size: int
) -> Comparison:
    """All that is said of two arms at one moment."""
    z = z_score(control, variant)
    p = erfc(abs(z) / sqrt(2))
    return Comparison(
        z_score=z,
        p_value=p,
        significant=p < 1 - confidence_level,
        lift=lift(control, variant),
        confidence_interval=difference_interval(control, variant, confidence_level),
        sufficient_data=min(control.users, variant.users) >= min_sample_size,
    )


def z_score(control: Arm, variant: Arm) -> float:
    """Two-proportion z-test with the pooled variance; 0 where it says nothing.

    Fleiss, Levin, Paik: Statistical Methods for Rates and Proportions, 3rd ed. (2003),
    section 3.1, without the continuity correction.
    """
    if not (control.users and variant.users):
        return 0.0
    users = control.users + variant.users
    pooled = (control.conversions + variant.conversions) / users
    error = sqrt(pooled * (1 - pooled) * (1 / control.users + 1 / variant.users))
    return (variant.rate - control.rate) / error if error else 0.0


def lift(control: Arm, variant: Arm) -> float | None:
    """By how many percent the variant's rate is above that of the control."""
    if not control.rate:
        return None
    return (variant.rate / control.rate - 1) * 100


def difference_interval(
    control: Arm, variant: Arm, level: float
) -> tuple[float, float]:
    """Where the variant's true rate less that of the control lies.

    Newcombe: Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17 (1998), 873-890, method 10. Unlike the interval of Wald it
    keeps its promise for small arms and for rates near 0 and 1, and stays in [-1, 1].
    """
    if not (control.users and variant.users):
        return -1.0, 1.0
    c_low, c_high = wilson_interval(control, level)
    v_low, v_high = wilson_interval(variant, level)
    difference = variant.rate - control.rate
    below = sqrt((variant.rate - v_low) ** 2 + (c_high - control.rate) ** 2)
    above = sqrt((v_high - variant.rate) ** 2 + (control.rate - c_low) ** 2)
    return max(difference - below, -1.0), min(difference + above, 1.0)


def wilson_interval(arm: Arm, level: float) -> tuple[float, float]:
    """Where an arm's true rate lies; anywhere while there is nobody.

    Wilson: Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if not arm.users:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    n, p = arm.users, arm.rate
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # rounding must not push the rate itself out
    return min(max(centre - half, 0.0), p), max(min(centre + half, 1.0), p)


@dataclass(frozen=True)
class Sequential:
    """What may be read at any moment, as often as one likes.

    difference: of the rates. lift: percent of the control's rate; None where it could
    be anything. Either excludes 0 exactly when the other does.
    """

    p_value: float
    significant: bool
    difference: tuple[float, float]
    lift: tuple[float, float] | None


_NOTHING_YET = Sequential(
    p_value=1.0, significant=False, difference=(-1.0, 1.0), lift=None
)


def compare_at_any_time(control: Arm, variant: Arm, sequence: Sequence) -> Sequential:
    """The difference of two rates by `sequences`, with variances as of one more user
    of each kind in each arm, so that few users claim nothing.

    Agresti, Caffo: Simple and effective confidence intervals for proportions, American
    Statistician 54 (2000), 280-288.
    """
    if not (control.users and variant.users):
        return _NOTHING_YET
    c_variance, v_variance = _variance(control), _variance(variant)
    error = sqrt(c_variance + v_variance)
    difference, reach = variant.rate - control.rate, sequence.reach
    p_value = sequence.p_value(difference / error)
    low, high = difference - reach * error, difference + reach * error
    ratio = ratio_bounds((control.rate, c_variance), (variant.rate, v_variance), reach)
    return Sequential(
        p_value=p_value,
        significant=low > 0 or high < 0,
        difference=(max(low, -1.0), min(high, 1.0)),
        lift=ratio and percent_of(ratio),
    )


def percent_of(ratio: tuple[float, float]) -> tuple[float, float]:
    """Bounds of a ratio as percent above one; nothing is less than none at all."""
    low, high = ratio
    return max((low - 1) * 100, -100.0), (high - 1) * 100


def _variance(arm: Arm) -> float:
    users = arm.users + 2
    rate = (arm.conversions + 1) / users
    return rate * (1 - rate) / users
