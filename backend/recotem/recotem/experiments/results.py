"""The results of a test, from a few rows however many events there were."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from itertools import accumulate
from typing import Any, Self

from recotem.experiments.analysis import sample_ratio
from recotem.experiments.analysis.rates import (
    NOBODY,
    Arm,
    compare,
    compare_at_any_time,
    percent_of,
)
from recotem.experiments.analysis.ratios import Sums, ratio_of
from recotem.experiments.analysis.sequences import Sequence, progress_of, ratio_bounds
from recotem.experiments.analysis.verdicts import Evidence, Verdict, verdict_on
from recotem.experiments.guardrails import guardrails_of
from recotem.experiments.models import ABTest, ArmDay, ArmUser
from recotem_contracts.assignment import assign

#: Which users of a day count as converted.
_CONVERTED = {
    ABTest.Metric.CTR: "clickers",
    ABTest.Metric.PURCHASE_RATE: "purchasers",
    ABTest.Metric.CONVERSION_RATE: "converters",
}
#: Metrics per event or per user: x and y, by the letters of `ArmDay`.
RATIOS = {
    "clicks_per_impression": ("i", "c"),
    "purchases_per_impression": ("i", "p"),
    "purchases_per_click": ("c", "p"),
}
RATIO_NAMES = [(name, name) for name in RATIOS]
#: So many days back tell how many users a day brings.
_RECENT_DAYS = 7
#: So many users of each arm are looked up by hand.
_CHECKED_USERS = 250
#: More of them in the wrong arm is more than an honest mistake.
_ELSEWHERE_LIMIT = 0.01


@dataclass(frozen=True)
class Pair:
    """Both arms on a day, or until its end."""

    day: date
    control: Arm
    variant: Arm

    def __add__(self, later: Self) -> "Pair":
        return Pair(
            later.day, self.control + later.control, self.variant + later.variant
        )


def results_of(test: ABTest) -> dict[str, Any]:
    """Both arms, how they compare, and the days that they are made of."""
    rows = list(ArmDay.objects.filter(test=test, users__gt=0).order_by("day"))
    days = _days(test, rows)
    so_far = list(accumulate(days))
    control, variant = _arms(so_far)
    sequence = _sequence(test, control, variant)
    found = compare_at_any_time(control, variant, sequence)
    comparison = compare(
        control,
        variant,
        confidence_level=test.confidence_level,
        min_sample_size=test.min_sample_size,
    )
    split = _split(test, control, variant)
    return {
        **_counts(control, variant),
        "control_rate": control.rate,
        "variant_rate": variant.rate,
        **asdict(comparison),
        "min_sample_size": test.min_sample_size,
        "any_time": asdict(found),
        "verdict": asdict(_verdict(test, days, control, variant, found, split)),
        "split": split,
        "assignment": _assignment(test),
        "ratios": _ratios(test, rows, sequence),
        "guardrails": guardrails_of(test),
        "days": [
            _day(test, day, until) for day, until in zip(days, so_far, strict=True)
        ],
    }


def _days(test: ABTest, rows: Iterable[ArmDay]) -> list[Pair]:
    arms: dict[date, dict[int, Arm]] = {}
    for row in rows:
        arm = arm_of(row, test.target_metric_name)
        arms.setdefault(row.day, {})[row.slot_id] = arm
    control, variant = test.slot_ids
    return [
        Pair(day, own.get(control, NOBODY), own.get(variant, NOBODY))
        for day, own in arms.items()
    ]


def arm_of(counted: Any, metric: str) -> Arm:
    """The users of something that has the columns of `rollup_sql.USER_COUNTS`."""
    return Arm(counted.users, getattr(counted, _CONVERTED[ABTest.Metric(metric)]))


def _arms(so_far: list[Pair]) -> tuple[Arm, Arm]:
    if not so_far:
        return NOBODY, NOBODY
    return so_far[-1].control, so_far[-1].variant


def _sequence(test: ABTest, control: Arm, variant: Arm) -> Sequence:
    progress = progress_of(control.users, variant.users, test.min_sample_size)
    return Sequence(progress, test.confidence_level)


def _counts(control: Arm, variant: Arm) -> dict[str, int]:
    return {
        "control_impressions": control.users,
        "control_conversions": control.conversions,
        "variant_impressions": variant.users,
        "variant_conversions": variant.conversions,
    }


def _day(test: ABTest, day: Pair, until: Pair) -> dict[str, Any]:
    sequence = _sequence(test, until.control, until.variant)
    found = compare_at_any_time(until.control, until.variant, sequence)
    return {
        "day": day.day,
        **_counts(day.control, day.variant),
        "control_rate": until.control.rate,
        "variant_rate": until.variant.rate,
        "difference": found.difference,
        "lift": found.lift,
    }


def _split(test: ABTest, control: Arm, variant: Arm) -> dict[str, Any] | None:
    """Users of both arms against the shares that the slots' weights gave them."""
    users, planned = control.users + variant.users, test.variant_share
    if planned is None or not users:
        return None
    p_value = sample_ratio.p_value(control.users, variant.users, planned)
    return {
        "planned_share": planned,
        "share": variant.users / users,
        "p_value": p_value,
        "is_broken": p_value < sample_ratio.ALARM,
    }


def _assignment(test: ABTest) -> dict[str, Any] | None:
    """Some users of each arm: are they in the one that inference gives them?

    Other slots of the project have no say in it: who meets one of these two meets the
    same one whatever else there is.
    """
    if test.variant_share is None:
        return None
    salt, [control, variant] = test.project.assignment_salt, test.slot_ids
    shares = [(control, 1 - test.variant_share), (variant, test.variant_share)]
    checked = elsewhere = 0
    for slot in test.slot_ids:
        users = ArmUser.objects.filter(
            test=test, slot_id=slot, exposed_on__isnull=False
        )
        for user in users.values_list("user_id", flat=True)[:_CHECKED_USERS]:
            checked += 1
            elsewhere += assign(salt, user, shares) != slot
    return {
        "users": checked,
        "elsewhere": elsewhere,
        "is_broken": elsewhere > checked * _ELSEWHERE_LIMIT,
    }


def _verdict(
    test: ABTest,
    days: list[Pair],
    control: Arm,
    variant: Arm,
    found: Any,
    split: dict[str, Any] | None,
) -> Verdict:
    return verdict_on(
        Evidence(
            control_name=test.control_slot.name,
            variant_name=test.variant_slot.name,
            control=control,
            variant=variant,
            found=found,
            is_started=test.started_at is not None,
            is_running=test.status == ABTest.Status.RUNNING,
            is_split_broken=split is not None and split["is_broken"],
            planned_share=0.5 if split is None else split["planned_share"],
            min_sample_size=test.min_sample_size,
            daily=_daily(days),
        )
    )


def _daily(days: list[Pair]) -> float:
    """New users of the smaller arm in one of the last days; the very last one is not
    over yet, so it counts only where there is no other."""
    whole = days[:-1][-_RECENT_DAYS:] or days
    if not whole:
        return 0.0
    control = sum(day.control.users for day in whole)
    variant = sum(day.variant.users for day in whole)
    return min(control, variant) / ((whole[-1].day - whole[0].day).days + 1)


def _ratios(
    test: ABTest, rows: list[ArmDay], sequence: Sequence
) -> list[dict[str, Any]]:
    found = []
    for name, (x, y) in RATIOS.items():
        one, other = (ratio_of(_sums(rows, slot, x, y)) for slot in test.slot_ids)
        bounds = ratio_bounds(one, other, sequence.reach) if one and other else None
        found.append(
            {
                "name": name,
                "control": one and one[0],
                "variant": other and other[0],
                "lift": bounds and percent_of(bounds),
            }
        )
    return found


def _sums(rows: list[ArmDay], slot: int, x: str, y: str) -> Sums:
    own = [row for row in rows if row.slot_id == slot]

    def total(name: str) -> int:
        return sum(getattr(row, name) for row in own)

    return Sums(
        users=total("users"),
        x=total(f"sum_{x}"),
        y=total(f"sum_{y}"),
        xx=total(f"sum_{x}{x}"),
        xy=total(f"sum_{x}{y}"),
        yy=total(f"sum_{y}{y}"),
    )
