"""A shop: who comes when, what they take, what they do with a list shown to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .clicks import Behaviour, Floats, examination, logistic
from .rhythm import visit_days
from .tastes import Tastes

#: Items that a visit takes in the mean, found without any recommendation.
TAKEN_PER_VISIT = 1.0
#: Visits worked on together; each needs a row as long as the catalogue.
_AT_ONCE = 2000

type Numbers = NDArray[np.int64]


class Visits(NamedTuple):
    """users: numbers of users, shape (n,). days: since the opening, ascending."""

    users: Numbers
    days: Floats


class Response(NamedTuple):
    """The items of a list that were clicked, and those of them that were bought."""

    clicked: list[str]
    bought: list[str]


class Log(NamedTuple):
    """Interactions by time. kinds: `click` or `purchase`; days: since the opening."""

    users: list[str]
    items: list[str]
    kinds: list[str]
    days: list[float]


@dataclass(frozen=True)
class Shop:
    """Everything that decides what happens; n users, m items, k factors.

    Times are days since `opened`. Methods that take ids raise KeyError for unknown
    ones.

    factors: (m, k). popularity: (m,), in standard deviations. released: (m,), days.
    dearness: (m,), log of the price over the typical one. activity: (n,), visits a day.
    """

    opened: datetime
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    tastes: Tastes
    factors: Floats
    popularity: Floats
    released: Floats
    dearness: Floats
    activity: Floats
    behaviour: Behaviour = field(default_factory=Behaviour)

    def day_of(self, moment: datetime) -> float:
        """Days from the opening until then."""
        return (moment - self.opened) / timedelta(days=1)

    def moment(self, day: float) -> datetime:
        return self.opened + timedelta(days=day)

    @cached_property
    def _user_number(self) -> dict[str, int]:
        return {user: number for number, user in enumerate(self.user_ids)}

    @cached_property
    def _item_number(self) -> dict[str, int]:
        return {item: number for number, item in enumerate(self.item_ids)}

    def click_probabilities(
        self, user: str, items: Sequence[str], day: float
    ) -> Floats:
        """P(click) of each item of a list, best rank first, shape (len(items),).

        An item that is not released yet is not clicked.
        """
        utility = self._utility(*self._visit(user, day))[0, self._numbers(items)]
        return examination(len(items)) * logistic(self.behaviour.click + utility)

    def purchase_probabilities(
        self, user: str, items: Sequence[str], day: float
    ) -> Floats:
        """P(purchase | click) of each item, shape (len(items),)."""
        numbers = self._numbers(items)
        users, days = self._visit(user, day)
        return self._purchase(np.repeat(users, len(numbers)), numbers, days)

    def expected_click_rate(self, user: str, items: Sequence[str], day: float) -> float:
        """The share of the shown items that is clicked, in expectation."""
        return float(self.click_probabilities(user, items, day).mean())

    def expected_purchase_rate(
        self, user: str, items: Sequence[str], day: float
    ) -> float:
        """The share of the shown items that is bought, in expectation."""
        clicks = self.click_probabilities(user, items, day)
        bought = clicks * self.purchase_probabilities(user, items, day)
        return float(bought.mean())

    def chance_of_click(self, user: str, items: Sequence[str], day: float) -> float:
        """P(at least one click on the list); ranks are independent of each other."""
        clicks = self.click_probabilities(user, items, day)
        return float(1.0 - np.prod(1.0 - clicks))

    def respond(
        self, rng: np.random.Generator, user: str, items: Sequence[str], day: float
    ) -> Response:
        """What the user does with the list, by chance."""
        clicks = rng.random(len(items)) < self.click_probabilities(user, items, day)
        buys = rng.random(len(items)) < self.purchase_probabilities(user, items, day)
        return Response(
            [item for item, clicked in zip(items, clicks, strict=True) if clicked],
            [item for item, both in zip(items, clicks & buys, strict=True) if both],
        )

    def visits(self, rng: np.random.Generator, start: float, end: float) -> Visits:
        """Who comes when between two days: a Poisson process of each user, its
        intensity by the rhythm of the week."""
        counts = rng.poisson(self.activity * (end - start))
        users = rng.permutation(np.repeat(np.arange(len(self.user_ids)), counts))
        days = visit_days(rng, self.opened, start, end, len(users))
        return Visits(users, days)

    def visitor(self, rng: np.random.Generator) -> str:
        """Who comes next: users by their activity."""
        chances = self.activity / self.activity.sum()
        return self.user_ids[rng.choice(len(self.user_ids), p=chances)]

    def history(self, rng: np.random.Generator, start: float, end: float) -> Log:
        """What is clicked and bought between two days without recommendations.

        A visit takes a Poisson number of released items. They are drawn without
        replacement in proportion to the odds of their appeal (adding Gumbel noise and
        taking the best: Kool, van Hoof and Welling, "Stochastic beams and where to
        find them", ICML 2019), so popular items are taken by many.
        """
        users, days = self.visits(rng, start, end)
        wanted = rng.poisson(TAKEN_PER_VISIT, len(users))
        log = Log([], [], [], [])
        for first in range(0, len(users), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            self._take(rng, Visits(users[some], days[some]), wanted[some], log)
        return log

    def _take(
        self, rng: np.random.Generator, visits: Visits, wanted: Numbers, log: Log
    ) -> None:
        utility = self._utility(*visits)
        noisy = utility + rng.gumbel(size=utility.shape)
        best = np.argsort(-noisy, axis=1)[:, : wanted.max(initial=0)]
        rank = np.arange(best.shape[1])
        offered = np.isfinite(np.take_along_axis(utility, best, axis=1))
        rows, ranks = np.nonzero((rank < wanted[:, np.newaxis]) & offered)
        users, items = visits.users[rows], best[rows, ranks]
        days = visits.days[rows]
        buys = rng.random(len(rows)) < self._purchase(users, items, days)
        kinds = 1 + buys.astype(int)
        log.users.extend(self.user_ids[user] for user in np.repeat(users, kinds))
        log.items.extend(self.item_ids[item] for item in np.repeat(items, kinds))
        log.days.extend(np.repeat(days, kinds).tolist())
        for bought in buys:
            log.kinds.extend(("click", "purchase")[: 1 + bought])

    def _visit(self, user: str, day: float) -> Visits:
        return Visits(np.array([self._user_number[user]]), np.array([day]))

    def _numbers(self, items: Sequence[str]) -> Numbers:
        return np.array([self._item_number[item] for item in items], dtype=np.int64)

    def _utility(self, users: Numbers, days: Floats) -> Floats:
        """Log odds without the constant, of users at their times and all items, shape
        (n, m); minus infinity before the release."""
        age = days[:, np.newaxis] - self.released
        fresh = np.exp(-np.maximum(age, 0.0) / self.behaviour.fading)
        utility = (
            self.behaviour.affinity * (self.tastes.of(users, days) @ self.factors.T)
            + self.behaviour.popularity * self.popularity
            + self.behaviour.freshness * fresh
        )
        return np.asarray(np.where(age < 0, -np.inf, utility))

    def _purchase(self, users: Numbers, items: Numbers, days: Floats) -> Floats:
        """P(purchase | click), user by user and item by item, shape (n,)."""
        tastes = self.tastes.of(users, np.broadcast_to(days, users.shape))
        affinity = (tastes * self.factors[items]).sum(axis=1)
        how = self.behaviour
        return logistic(
            how.buy + how.buy_affinity * affinity + how.buy_price * self.dearness[items]
        )
