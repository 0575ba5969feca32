"""What a test should not spoil: the breadth of what is shown, and answers at all.

From what inference recorded; without records there is nothing to say.
"""

from collections.abc import Mapping
from math import ceil, exp, lgamma, log, log1p
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Subquery, Sum

from recotem.datasets.models import DataVersion
from recotem.deployment.models import Deployment
from recotem.experiments.analysis.rates import Arm, wilson_interval
from recotem.experiments.models import ABTest, ArmItem, ArmRequests

NAMES = [(name, name) for name in ("catalogue_coverage", "fallback_share")]

#: How many items were shown so often.
type Frequencies = Mapping[int, int]
#: A chance that is none.
_NEVER = 1e-12


class Shown(NamedTuple):
    """So many different items, and how often all of them together."""

    items: int
    times: int


def coverage_at(n: int, shown: Shown, seldom: Frequencies) -> float:
    """How many different items are expected among n that are drawn from all shown ones.

    Rarefaction, which makes arms comparable that showed different numbers of items.
    n: from 1 to `shown.times`. seldom: the items shown less often than `sure_from`; no
    other is missed. Hurlbert: The nonconcept of species diversity, Ecology 52 (1971),
    577-586.
    """
    none_missed = _log_falling(shown.times, n)
    return shown.items - sum(
        items * _missed(shown.times - often, n, none_missed)
        for often, items in seldom.items()
    )


def sure_from(n: int, times: int) -> int:
    """What was shown so often of all times is among n of them for sure: its chance to
    be missed is less than (1 - n/times) to that power."""
    return ceil(log(_NEVER) / log1p(-n / times)) if n < times else 1


def _missed(rest: int, n: int, none_missed: float) -> float:
    """The chance that n without replacement are all of the rest."""
    return exp(_log_falling(rest, n) - none_missed) if n <= rest else 0.0


def _log_falling(m: int, n: int) -> float:
    """The logarithm of m (m - 1) ... (m - n + 1)."""
    return lgamma(m + 1) - lgamma(m - n + 1)


def guardrails_of(test: ABTest) -> list[dict[str, Any]]:
    """[{name, control, variant, control_interval, variant_interval,
    control_item_share, variant_item_share, shown_items}].

    `catalogue_coverage`: different items among `shown_items` shown ones, the number of
    the arm that showed fewer, and which share of the items of the arm's model that is;
    without intervals. `fallback_share`: of the requests those for users unknown to the
    model, with intervals at the level of the test. None where nothing was recorded.
    """
    return [_coverage(test), _fallbacks(test)]


def _coverage(test: ABTest) -> dict[str, Any]:
    items = ArmItem.objects.filter(test=test)
    sums = items.values_list("slot_id").annotate(n=Count("*"), times=Sum("shown"))
    arms = {slot: Shown(n, times) for slot, n, times in sums}
    complete = len(arms) == len(test.slot_ids)
    n = min(shown.times for shown in arms.values()) if complete else None
    found: dict[str, Any] = {"name": "catalogue_coverage", "shown_items": n}
    for name, slot in zip(("control", "variant"), test.slot_ids, strict=True):
        coverage = share = None
        if n is not None:
            rows = items.filter(slot_id=slot, shown__lt=sure_from(n, arms[slot].times))
            seldom = rows.values_list("shown").annotate(n=Count("*"))
            coverage = coverage_at(n, arms[slot], dict(seldom))
            known = _items_known_to(test, slot)
            share = coverage / known if known else None
        found |= {
            name: coverage,
            f"{name}_interval": None,
            f"{name}_item_share": share,
        }
    return found


def _items_known_to(test: ABTest, slot: int) -> int | None:
    """How many items the model has that an arm served, or serves: as many as the data
    on which it was trained. None if that is not known."""
    served = Deployment.objects.filter(slot=slot)
    if test.ended_at:
        served = served.filter(ins_datetime__lte=test.ended_at)
    trained_on = DataVersion.objects.filter(
        training_data=OuterRef("data"), number=OuterRef("data_version")
    )
    counts = served.annotate(n_items=Subquery(trained_on.values("n_items")))
    return counts.values_list("n_items", flat=True).first()


def _fallbacks(test: ABTest) -> dict[str, Any]:
    rows = {row.slot_id: row for row in ArmRequests.objects.filter(test=test)}
    found: dict[str, Any] = {"name": "fallback_share", "shown_items": None}
    for name, slot in zip(("control", "variant"), test.slot_ids, strict=True):
        row = rows.get(slot)
        arm = Arm(row.requests, row.unknown_users) if row else None
        interval = wilson_interval(arm, test.confidence_level) if arm else None
        found |= {
            name: arm.rate if arm else None,
            f"{name}_interval": interval,
            f"{name}_item_share": None,
        }
    return found
