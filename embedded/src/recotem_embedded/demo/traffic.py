"""Visits to a test, as they would have been: real models, the real assignment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from recotem.experiments.models import ABTest
from recotem.experiments.services.history import HistoryEvent
from recotem.training.artifact_store import recommender_of
from recotem_contracts.assignment import assign
from recotem_shop import Shop

from .visits import SHOWN, deeds

type Lists = dict[str, list[str]]


@dataclass(frozen=True)
class Traffic:
    """lists: what each arm shows to each user, by slot and user; nothing to those whom
    its model does not know."""

    test: ABTest
    shop: Shop
    lists: dict[int, Lists]

    @classmethod
    def of(cls, test: ABTest, shop: Shop) -> "Traffic":
        lists: dict[int, Lists] = {}
        for slot in (test.control_slot, test.variant_slot):
            model = recommender_of(slot.trained_model)
            rankings = model.for_users(shop.user_ids, SHOWN)
            lists[slot.pk] = {
                user: [item for item, _ in ranking]
                for user, ranking in zip(shop.user_ids, rankings, strict=True)
                if len(ranking)
            }
        return cls(test, shop, lists)

    def events(self, since: datetime, until: datetime) -> Iterator[HistoryEvent]:
        """The same for the same shop, slots and times."""
        shop, salt = self.shop, self.test.project.assignment_salt
        slots = (self.test.control_slot, self.test.variant_slot)
        weights = [(slot.pk, slot.weight) for slot in slots]
        rng = np.random.default_rng((shop.tastes.seed, 1))
        visits = shop.visits(rng, shop.day_of(since), shop.day_of(until))
        for number, day in zip(visits.users, visits.days.tolist(), strict=True):
            user = shop.user_ids[number]
            slot = assign(salt, user, weights)
            if slot is not None and user in self.lists[slot]:
                yield from self._visit(rng, slot, user, day)

    def _visit(
        self, rng: np.random.Generator, slot: int, user: str, day: float
    ) -> Iterator[HistoryEvent]:
        request = UUID(bytes=rng.bytes(16), version=4)
        items = self.lists[slot][user]
        response = self.shop.respond(rng, user, items, day)
        for kind, item, seconds in deeds(items, response):
            yield HistoryEvent(
                slot_id=slot,
                user_id=user,
                item_id=item,
                event_type=kind,
                request_id=request,
                timestamp=self.shop.moment(day) + timedelta(seconds=seconds),
            )

    def true_click_rates(self, moment: datetime) -> tuple[float, float]:
        """What share of the shown items is clicked, in expectation: control and
        variant, each as if it served everybody at that moment."""
        day = self.shop.day_of(moment)

        def rate(lists: Lists) -> float:
            rates = [
                self.shop.expected_click_rate(user, items, day)
                for user, items in lists.items()
            ]
            return float(np.mean(rates))

        control, variant = self.test.slot_ids
        return rate(self.lists[control]), rate(self.lists[variant])
