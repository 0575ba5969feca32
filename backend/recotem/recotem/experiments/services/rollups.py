"""What tests count, after events have gone, or all anew."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from recotem.experiments.locks import hold_slots
from recotem.experiments.models import ABTest, ArmDay, ArmUser, ConversionEvent
from recotem.experiments.rollup_sql import add_users, states_of, users_of
from recotem.experiments.selectors import ab_tests_on

_WHILE_IT_RAN = """
    test.id = %(test)s AND timestamp >= test.started_at
    AND (test.ended_at IS NULL OR timestamp < test.ended_at)
"""
_DAY = {
    "postgresql": "CAST(timestamp AT TIME ZONE 'UTC' AS date)",
    "sqlite": "date(timestamp)",
}
_ONE_USER = "test_id = %(test)s AND slot_id = %(slot)s AND user_id = %(user)s"
_COUNTER = {"impression": "impressions", "click": "clicks", "purchase": "purchases"}


@transaction.atomic
def rebuild(test: ABTest) -> None:
    """Count all that the test has seen anew, from its events.

    It reads every event of both arms; events that come meanwhile wait.
    """
    hold_slots(test.slot_ids)
    forget(test.pk)
    table, day = "experiments_conversionevent", _DAY[connection.vendor]
    users = add_users(users_of(table, _WHILE_IT_RAN, day))
    with connection.cursor() as cursor:
        for statement in (users, states_of("test_id = %(test)s", 1)):
            cursor.execute(statement, {"test": test.pk})


def forget(test_id: int) -> None:
    """Nothing was counted."""
    ArmUser.objects.filter(test=test_id).delete()
    ArmDay.objects.filter(test=test_id).delete()


def uncount(event: ConversionEvent) -> None:
    """Take an event that is deleted already out of the test that counted it."""
    slot = event.deployment_slot_id
    ran = Q(started_at__lte=event.timestamp) & (
        Q(ended_at=None) | Q(ended_at__gt=event.timestamp)
    )
    for test in ab_tests_on([slot]).filter(ran):
        users = ArmUser.objects.filter(test=test, slot_id=slot, user_id=event.user_id)
        if user := users.select_for_update().first():
            _uncount(test, user, event)


def _uncount(test: ABTest, user: ArmUser, event: ConversionEvent) -> None:
    whom: dict[str, Any] = {"test": test.pk, "slot": user.slot_id, "user": user.user_id}
    counter = _COUNTER[event.event_type]
    setattr(user, counter, getattr(user, counter) - 1)
    if event.event_type == ConversionEvent.EventType.IMPRESSION:
        user.exposed_on = _first_exposure(test, user)
    with connection.cursor() as cursor:
        cursor.execute(states_of(_ONE_USER, -1), whom)
        user.save(update_fields=[counter, "exposed_on"])
        cursor.execute(states_of(_ONE_USER, 1), whom)
    if not (user.impressions or user.clicks or user.purchases):
        user.delete()


def _first_exposure(test: ABTest, user: ArmUser) -> date | None:
    """The day of the user's first impression that is left.

    It reads the slot's impressions from the day that was the first until now.
    """
    known = datetime.combine(user.exposed_on or date.min, time.min, UTC)
    impressions = ConversionEvent.objects.filter(
        deployment_slot=user.slot_id,
        event_type=ConversionEvent.EventType.IMPRESSION,
        timestamp__gte=max(known, test.started_at or known),
        user_id=user.user_id,
    ).order_by("timestamp")
    if test.ended_at is not None:
        impressions = impressions.filter(timestamp__lt=test.ended_at)
    first = impressions.values_list("timestamp", flat=True).first()
    return first.astimezone(UTC).date() if first else None
