"""What tests count, counted anew from the events, of all users or of some."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from recotem.experiments.locks import hold_slots
from recotem.experiments.models import ABTest, ArmDay, ArmItem, ArmRequests, ArmUser
from recotem.experiments.rollup_sql import (
    DAY,
    add_users,
    attributed,
    hold_users,
    set_users,
    states_of,
    users_of,
    users_sent,
    with_idle,
)
from recotem.experiments.selectors import ab_tests_on

#: A user at a slot.
type SlotUser = tuple[int, str]


@transaction.atomic
def rebuild(test: ABTest) -> None:
    """Count all that the test has seen anew, from its events.

    It reads every event of both arms; events that come meanwhile wait.
    """
    hold_slots(test.slot_ids)
    forget(test.pk)
    values = {"test": test.pk, "hours": test.attribution_hours}
    with connection.cursor() as cursor:
        cursor.execute(add_users(_users(_attributed(test, "true"))), values)
        cursor.execute(states_of("test_id = %(test)s", 1), values)


def forget(test_id: int) -> None:
    """Nothing was counted."""
    ArmUser.objects.filter(test=test_id).delete()
    ArmDay.objects.filter(test=test_id).delete()


def forget_records(test_id: int) -> None:
    """No requests were recorded; they cannot be counted anew."""
    ArmRequests.objects.filter(test=test_id).delete()
    ArmItem.objects.filter(test=test_id).delete()


def recount(test: ABTest, users: Iterable[SlotUser]) -> None:
    """Count anew what these users did.

    Call it in a transaction that holds the slots, after the events are written. Who
    counts the same users at once waits, and then sees what the other one has seen.
    """
    sent = users_sent(connection.vendor)
    whose = f"(slot_id, user_id) IN ({sent})"
    mine = f"test_id = %(test)s AND {whose}"
    events = f"(deployment_slot_id, user_id) IN ({sent})"
    values: dict[str, Any] = {
        "test": test.pk,
        "hours": test.attribution_hours,
        "users": json.dumps(sorted(set(users))),
    }
    statements = (
        hold_users(sent),
        states_of(mine, -1),
        set_users(_users(with_idle(_attributed(test, events), sent))),
        states_of(mine, 1),
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


def recount_past(deeds: Iterable[tuple[SlotUser, datetime]]) -> None:
    """Count anew in each test that ran at the time what users did then.

    Call it in a transaction that holds the slots alone.
    """
    deeds = list(deeds)
    slots = {slot for (slot, _), _ in deeds}
    for test in ab_tests_on(slots).filter(started_at__isnull=False):
        users = [
            user
            for user, time in deeds
            if user[0] in test.slot_ids and test.ran_at(time)
        ]
        if users:
            recount(test, users)


def _attributed(test: ABTest, whose: str) -> str:
    return attributed(
        test.attribution,
        in_hours=test.attribution_hours is not None,
        whose=whose,
        vendor=connection.vendor,
    )


def _users(events: str) -> str:
    return users_of(events, "test.id = %(test)s", DAY[connection.vendor])
