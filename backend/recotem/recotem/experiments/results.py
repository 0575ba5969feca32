"""The results of a test, from a few rows however many events there were."""

from dataclasses import asdict
from typing import Any

from recotem.experiments.analysis import Arm, compare
from recotem.experiments.models import ABTest, ArmDay

#: Which users of a day count as converted.
_CONVERTED = {
    ABTest.Metric.CTR: "clickers",
    ABTest.Metric.PURCHASE_RATE: "purchasers",
    ABTest.Metric.CONVERSION_RATE: "converters",
}


def results_of(test: ABTest) -> dict[str, Any]:
    """Both arms, how they compare, and the days that they are made of."""
    days = list(ArmDay.objects.filter(test=test, users__gt=0).order_by("day"))
    metric = _CONVERTED[ABTest.Metric(test.target_metric_name)]
    arms = {
        "control": _arm(days, test.control_slot_id, metric),
        "variant": _arm(days, test.variant_slot_id, metric),
    }
    comparison = compare(
        **arms,
        confidence_level=test.confidence_level,
        min_sample_size=test.min_sample_size,
    )
    rates = {f"{name}_rate": arm.rate for name, arm in arms.items()}
    return {
        **_counts(arms),
        **rates,
        **asdict(comparison),
        "min_sample_size": test.min_sample_size,
        "days": _by_day(test, days, metric),
    }


def _arm(days: list[ArmDay], slot_id: int, metric: str) -> Arm:
    own = [day for day in days if day.slot_id == slot_id]
    return Arm(sum(day.users for day in own), sum(getattr(day, metric) for day in own))


def _counts(arms: dict[str, Arm]) -> dict[str, int]:
    return {
        name: number
        for arm, counted in arms.items()
        for name, number in (
            (f"{arm}_impressions", counted.users),
            (f"{arm}_conversions", counted.conversions),
        )
    }


def _by_day(test: ABTest, days: list[ArmDay], metric: str) -> list[dict[str, Any]]:
    slots = {"control": test.control_slot_id, "variant": test.variant_slot_id}
    rows: dict[Any, list[ArmDay]] = {}
    for day in days:
        rows.setdefault(day.day, []).append(day)
    return [
        {"day": day, **_counts({n: _arm(own, s, metric) for n, s in slots.items()})}
        for day, own in rows.items()
    ]
