"""What a test should not spoil: the breadth of what is shown, and answers at all.

From what inference recorded; without records there is nothing to say.
"""

from collections.abc import Mapping
from math import exp, lgamma
from typing import Any

from django.db.models import Count

from recotem.experiments.analysis.rates import Arm, wilson_interval
from recotem.experiments.models import ABTest, ArmItem, ArmRequests

NAMES = [(name, name) for name in ("catalogue_coverage", "fallback_share")]

#: How many items were shown so often.
type Frequencies = Mapping[int, int]


def coverage_at(n: int, frequencies: Frequencies) -> float:
    """How many different items are expected among n that are drawn from all shown ones.

    Rarefaction, which makes arms comparable that showed different numbers of items.
    n: at most the number of shown items. Hurlbert: The nonconcept of species
    diversity, Ecology 52 (1971), 577-586.
    """
    total = shown_items(frequencies)
    return sum(
        items * (1 - _missed(total, often, n)) for often, items in frequencies.items()
    )


def shown_items(frequencies: Frequencies) -> int:
    """Each item as often as it was shown."""
    return sum(often * items for often, items in frequencies.items())


def _missed(total: int, often: int, n: int) -> float:
    """The chance that n of the total, without replacement, hold none of these."""
    rest = total - often
    if n > rest:
        return 0.0
    return exp(_log_choose(rest, n) - _log_choose(total, n))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def guardrails_of(test: ABTest) -> list[dict[str, Any]]:
    """[{name, control, variant, control_interval, variant_interval, shown_items}].

    `catalogue_coverage`: different items among `shown_items` shown ones, the number of
    the arm that showed fewer; without intervals. `fallback_share`: of the requests
    those for users unknown to the model, with intervals at the level of the test.
    None where nothing was recorded.
    """
    return [_coverage(test), _fallbacks(test)]


def _coverage(test: ABTest) -> dict[str, Any]:
    control, variant = (_frequencies(test, slot) for slot in test.slot_ids)
    n = min(shown_items(control), shown_items(variant))
    return {
        "name": "catalogue_coverage",
        "control": coverage_at(n, control) if n else None,
        "variant": coverage_at(n, variant) if n else None,
        "control_interval": None,
        "variant_interval": None,
        "shown_items": n or None,
    }


def _frequencies(test: ABTest, slot: int) -> dict[int, int]:
    shown = ArmItem.objects.filter(test=test, slot_id=slot)
    return dict(shown.values_list("shown").annotate(items=Count("*")))


def _fallbacks(test: ABTest) -> dict[str, Any]:
    rows = {row.slot_id: row for row in ArmRequests.objects.filter(test=test)}
    found: dict[str, Any] = {"name": "fallback_share", "shown_items": None}
    for name, slot in zip(("control", "variant"), test.slot_ids, strict=True):
        row = rows.get(slot)
        arm = Arm(row.requests, row.unknown_users) if row else None
        interval = wilson_interval(arm, test.confidence_level) if arm else None
        found |= {name: arm.rate if arm else None, f"{name}_interval": interval}
    return found
