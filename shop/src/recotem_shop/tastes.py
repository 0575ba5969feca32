"""What users like, and how it moves."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

type Vectors = NDArray[np.float64]

#: How much of a taste is left after a week; what is lost is made up by chance.
KEPT_PER_WEEK = 0.985
WEEK = 7.0


@dataclass(frozen=True)
class Tastes:
    """Vectors that wander, a stationary autoregression with a step each week:

    p(k + 1) = κ p(k) + √(1 - κ²) ε,  ε normal with the spread that p(0) has.

    Tastes that drift are one of the temporal effects of Koren, "Collaborative
    filtering with temporal dynamics", KDD 2009; that they do so as a first-order
    autoregression is our choice. Between the steps a vector moves straight on; before
    the opening it stands still.

    start: shape (n_users, n_factors).
    """

    start: Vectors
    seed: int
    _known: dict[str, Vectors] = field(default_factory=dict, repr=False)

    def of(self, users: NDArray[np.int64], days: NDArray[np.float64]) -> Vectors:
        """The vector of each user at his time: users by number and days since the
        opening, both (n,). Returns shape (n, n_factors)."""
        weeks, parts = np.divmod(np.maximum(days, 0.0) / WEEK, 1.0)
        before = weeks.astype(int)
        steps = self._steps_until(int(before.max(initial=0)) + 1)
        share = parts[:, np.newaxis]
        return np.asarray(
            (1.0 - share) * steps[before, users] + share * steps[before + 1, users]
        )

    def _steps_until(self, week: int) -> Vectors:
        """The vectors of all users at the begin of each week, as far as needed."""
        known = self._known.get("steps", self.start[np.newaxis])
        if len(known) <= week:
            spread, steps = self.start.std(axis=0), list(known)
            for number in range(len(known), week + 1):
                rng = np.random.default_rng((self.seed, number))
                fresh = spread * rng.standard_normal(self.start.shape)
                kept = KEPT_PER_WEEK * steps[-1]
                steps.append(kept + np.sqrt(1.0 - KEPT_PER_WEEK**2) * fresh)
            self._known["steps"] = known = np.stack(steps)
        return known
