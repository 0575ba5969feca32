"""Visitors of two arms of a test who convert with a probability that is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np

from recotem_contracts.assignment import assign

CONTROL, VARIANT = 1, 2


@dataclass(frozen=True)
class Crowd:
    """So many new users on each of some days, split by `contracts.assignment`.

    share: of the variant. salt: another one splits them anew.
    """

    salt: str
    days: int
    daily: int
    share: float = 0.5

    @property
    def arrivals(self) -> np.ndarray:
        """New users by day and arm, int64[days, 2]."""
        return _arrivals(self)

    def converted(
        self, rates: tuple[float, float], again: float, chance: np.random.Generator
    ) -> Iterator[np.ndarray]:
        """After each day, users so far and those of them who have converted, by arm.

        rates: of a visit, by arm. again: with this probability a user of an earlier day
        comes on a later one.
        """
        for users, converted in self._ways(rates, again, chance):
            yield np.stack([users, converted])

    def _ways(
        self, rates: tuple[float, float], again: float, chance: np.random.Generator
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        waiting, converted = np.zeros(2, np.int64), np.zeros(2, np.int64)
        for users, new in zip(accumulate(self.arrivals), self.arrivals, strict=True):
            visits = new + chance.binomial(waiting, again)
            found = chance.binomial(visits, rates)
            waiting, converted = waiting + new - found, converted + found
            yield users, converted

    def truth(self, rate: float, again: float) -> float:
        """Of the users who came until the last day, the share that converts."""
        later = np.arange(self.days)[::-1]
        missed = (1 - rate) * (1 - again * rate) ** later
        return float(1 - missed.mean())


@cache
def _arrivals(crowd: Crowd) -> np.ndarray:
    slots = [(CONTROL, 1 - crowd.share), (VARIANT, crowd.share)]
    arms = [
        assign(crowd.salt, f"user-{number}", slots)
        for number in range(crowd.days * crowd.daily)
    ]
    variant = (np.array(arms) == VARIANT).reshape(crowd.days, crowd.daily).sum(1)
    return np.stack([crowd.daily - variant, variant], axis=1)
