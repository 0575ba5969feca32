"""By how much one model is better than another, asked of the same users."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recotem_engine.types import Floats

type Interval = tuple[float, float]
type Doubles = npt.NDArray[np.float64]

LEVEL = 0.95

_RESAMPLES = 1000


@dataclass(frozen=True)
class PairedDifference:
    """The mean of a metric for candidate minus champion, over users.

    relative, relative_interval: in parts of the champion's mean; None where that is 0,
    or could have been with other users. interval: None without users.
    """

    absolute: float | None
    interval: Interval | None
    relative: float | None
    relative_interval: Interval | None


def paired_difference(
    candidate: Floats, champion: Floats, *, seed: int, level: float = LEVEL
) -> PairedDifference:
    """candidate, champion: the metric of each user, (m,), in the same order.

    Percentile intervals of the paired bootstrap: whole users are drawn with both of
    their values (Efron, Tibshirani, An Introduction to the Bootstrap, 1993, sections
    8.3 and 13.3).
    """
    if not len(candidate):
        return PairedDifference(None, None, None, None)
    values = np.stack([candidate, champion], axis=1).astype(np.float64)
    ours, theirs = values.mean(axis=0)
    means = _resampled_means(values, np.random.default_rng(seed))
    return PairedDifference(
        absolute=float(ours - theirs),
        interval=_middle(means[:, 0] - means[:, 1], level),
        relative=float(ours / theirs - 1) if theirs > 0 else None,
        relative_interval=(
            _middle(means[:, 0] / means[:, 1] - 1, level)
            if means[:, 1].min() > 0
            else None
        ),
    )


def _resampled_means(values: Doubles, rng: np.random.Generator) -> Doubles:
    """Means (resamples, 2) of the columns of values (m, 2)."""
    size = len(values)
    means = np.empty((_RESAMPLES, values.shape[1]))
    for mean in means:
        counts = np.bincount(rng.integers(size, size=size), minlength=size)
        mean[:] = counts @ values / size
    return means


def _middle(values: Doubles, level: float) -> Interval:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
