"""Intervals and p-values that hold however often one looks, and whenever one stops.

An estimate of a difference, normal around the truth with variance V, is compared with
a normal mixture of possible truths around zero. The ratio of the two likelihoods is a
martingale while there is no difference, so that it ever exceeds 1/alpha has at most the
probability alpha (Ville's inequality). What it does not exclude is the interval.

Robbins: Statistical methods related to the law of the iterated logarithm, Annals of
Mathematical Statistics 41 (1970), 1397-1409. Johari, Koomen, Pekelis, Walsh: Always
valid inference, Operations Research 70 (2022), 1806-1821. For estimated variances:
Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: Time-uniform central limit theory and
asymptotic confidence sequences, Annals of Statistics 52 (2024), 2613-2640.
"""

from dataclasses import dataclass
from math import exp, log, sqrt


@dataclass(frozen=True)
class Sequence:
    """How far a test has come on its planned way, and how sure it is to be.

    progress: users so far as a share of the planned ones; may exceed 1. level: the
    probability with which all intervals of a test together hold the truth.
    """

    progress: float
    level: float

    @property
    def spread(self) -> float:
        """Variance of the mixture, in variances of the estimate.

        At the planned end it is the one that makes the interval there the shortest
        (Waudby-Smith et al., section 2.4), and it stays the same in absolute terms.
        """
        two = -2 * log(1 - self.level)
        return self.progress * (two + log(two) + 1)

    @property
    def reach(self) -> float:
        """Half the interval's width, in standard errors of the estimate."""
        r = self.spread
        return sqrt((1 + 1 / r) * (log(1 + r) - 2 * log(1 - self.level)))

    def p_value(self, z: float) -> float:
        """Of no difference, for an estimate of so many standard errors."""
        r = self.spread
        surprise = z * z * r / (2 * (1 + r)) - log(1 + r) / 2
        return exp(-surprise) if surprise > 0 else 1.0


def progress_of(control: int, variant: int, planned: int) -> float:
    """Users so far as a share of `planned` ones in each arm, where both arms weigh as
    much as their pair tells: n m / (n + m)."""
    users = control + variant
    return 2 * control * variant / (users * planned) if users else 0.0


def ratio_bounds(
    control: tuple[float, float], variant: tuple[float, float], reach: float
) -> tuple[float, float] | None:
    """Where the variant's mean relative to that of the control lies; None if anywhere.

    control, variant: mean and its variance. By Fieller: Some problems in interval
    estimation, Journal of the Royal Statistical Society B 16 (1954), 175-185: all
    ratios q for which |variant - q control| is within reach. It excludes 1 exactly when
    the difference of the means excludes 0.
    """
    (c, c_variance), (v, v_variance) = control, variant
    square = c * c - reach**2 * c_variance
    if square <= 0:
        return None
    rest = max((c * v) ** 2 - square * (v * v - reach**2 * v_variance), 0.0)
    return (c * v - sqrt(rest)) / square, (c * v + sqrt(rest)) / square
