"""How long a test will take, from what the project has seen lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import ceil
from typing import Any

from django.db import connection
from django.utils import timezone

from recotem.core.errors import Invalid
from recotem.deployment.models import DeploymentSlot
from recotem.experiments.analysis.planning import users_needed, users_needed_at_once
from recotem.experiments.analysis.rates import NOBODY, Arm
from recotem.experiments.results import arm_of
from recotem.experiments.rollup_sql import DAY, USER_COUNTS
from recotem.projects.models import Project

#: What is looked at: the newest events, and not those that are older than this.
_EVENTS = 200_000
_DAYS = 28
#: With fewer users a slot's own rate says less than that of the whole project.
_ENOUGH_USERS = 100
_WEEK = 7
#: One looks once a day, as long as nobody knows how many days there will be so often.
_LOOKS, _MOST_LOOKS = 14, 90
#: How many users it takes depends on the looks, and these on the users.
_ROUNDS = 3

_SUMS = ", ".join(f"SUM({count})" for count in USER_COUNTS.values())
_HISTORY = f"""
    SELECT slot, day, {_SUMS}
    FROM (
        SELECT slot, user_id,
            MIN(CASE WHEN event_type = 'impression' THEN day END) AS day,
            COUNT(*) FILTER (WHERE event_type = 'click') AS clicks,
            COUNT(*) FILTER (WHERE event_type = 'purchase') AS purchases
        FROM (
            SELECT deployment_slot_id AS slot, user_id, event_type, timestamp,
                {{day}} AS day
            FROM experiments_conversionevent
            WHERE project_id = %(project)s ORDER BY id DESC LIMIT %(events)s
        ) AS newest
        WHERE timestamp >= %(since)s
        GROUP BY slot, user_id
    ) AS met
    WHERE day IS NOT NULL
    GROUP BY slot, day ORDER BY day
"""  # noqa: S608  made of constants


@dataclass(frozen=True)
class Met:
    """Users of a slot by the day on which they were first shown something."""

    slot: int
    day: date
    users: int
    clickers: int
    purchasers: int
    converters: int


@dataclass(frozen=True)
class Wish:
    """The lift that is to be found, in percent of the rate, with which probability.

    rate: of the control; None for what it was in the project's newest events.
    """

    control_slot: int
    variant_slot: int
    target_metric_name: str
    lift: float
    confidence_level: float
    power: float
    rate: float | None

    @property
    def surety(self) -> dict[str, float]:
        return {"level": self.confidence_level, "power": self.power}


def plan_of(project: Project, wish: Wish) -> dict[str, Any]:
    """How many users and days it takes; None where nothing tells.

    Raises Invalid unless both are slots of the project.
    """
    control, variant = _slots(project, wish)
    history = _history(project.pk)
    rate = wish.rate or _rate(history, control.pk, wish.target_metric_name)
    daily = _daily(history, _share(control, variant))
    last = daily[-_WEEK:]
    plan: dict[str, Any] = {
        "rate": rate,
        "days_of_history": len(daily),
        "users_per_day": sum(last) / len(last) if last else None,
        "users": None,
        "users_looking_once": None,
        "days": None,
    }
    if rate is None:
        return plan
    days: int | None = None
    for _ in range(_ROUNDS):
        looks = min(days or _LOOKS, _MOST_LOOKS)
        users = users_needed(rate, wish.lift, looks=looks, **wish.surety)
        days = _days_for(users, daily)
    once = users_needed_at_once(rate, wish.lift, **wish.surety)
    return {**plan, "users": users, "users_looking_once": once, "days": days}


def _slots(project: Project, wish: Wish) -> list[DeploymentSlot]:
    asked = {"control_slot": wish.control_slot, "variant_slot": wish.variant_slot}
    found = project.slots.in_bulk(asked.values())
    wrong = {name: ["not found"] for name, key in asked.items() if key not in found}
    if wrong:
        raise Invalid(wrong)
    return [found[key] for key in asked.values()]


def _history(project: int) -> list[Met]:
    values = {
        "project": project,
        "events": _EVENTS,
        "since": connection.ops.adapt_datetimefield_value(
            timezone.now() - timedelta(days=_DAYS)
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY.format(day=DAY[connection.vendor]), values)
        return [
            Met(slot, _date(day), *counts) for slot, day, *counts in cursor.fetchall()
        ]


def _date(day: date | str) -> date:
    """SQLite gives a text."""
    return day if isinstance(day, date) else date.fromisoformat(day)


def _rate(history: list[Met], slot: int, metric: str) -> float | None:
    """Of the slot if it has users enough, else of all slots; None if neither can be
    improved upon."""
    own = _arm([row for row in history if row.slot == slot], metric)
    arm = own if own.users >= _ENOUGH_USERS else _arm(history, metric)
    return arm.rate if 0 < arm.rate < 1 else None


def _arm(rows: Iterable[Met], metric: str) -> Arm:
    return sum((arm_of(row, metric) for row in rows), NOBODY)


def _share(control: DeploymentSlot, variant: DeploymentSlot) -> float:
    """Of all users, those that the smaller arm gets."""
    active = DeploymentSlot.objects.filter(project=control.project_id, is_active=True)
    weights = dict(active.values_list("pk", "weight"))
    everybody = sum(weights.values())
    smaller = min(weights.get(control.pk, 0), weights.get(variant.pk, 0))
    return smaller / everybody if everybody else 0.0


def _daily(history: list[Met], share: float) -> list[float]:
    """Users that are new to the smaller arm, day after day of the history."""
    if not history or not share:
        return []
    days = (history[-1].day - history[0].day).days + 1
    new = [0.0] * days
    for row in history:
        new[(row.day - history[0].day).days] += row.users * share
    return new


def _days_for(users: int, daily: list[float]) -> int | None:
    """Until so many have come, when it goes on as in the last week of the history."""
    if not daily:
        return None
    for day, come in enumerate(accumulate(daily), 1):
        if come >= users:
            return day
    last = daily[-_WEEK:]
    pace = sum(last) / len(last)
    return len(daily) + ceil((users - sum(daily)) / pace) if pace else None
