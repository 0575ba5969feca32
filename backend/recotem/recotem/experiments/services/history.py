"""The past of a test, brought along from elsewhere. No route leads here."""

from collections.abc import Iterable
from datetime import datetime
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid
from recotem.experiments.errors import WrongState
from recotem.experiments.event_rows import insert_past_events
from recotem.experiments.locks import hold_slots
from recotem.experiments.models import ABTest
from recotem.experiments.sent_events import EventKind, PastEvent
from recotem.experiments.services.rollups import rebuild
from recotem.projects.services import require_role

_NOTED = ("started_at",)
_AT_ONCE = 5000


class HistoryEvent(NamedTuple):
    """An event of one of the arms, with the time at which it happened."""

    slot_id: int
    user_id: str
    item_id: str
    event_type: EventKind
    request_id: UUID
    timestamp: datetime


@transaction.atomic
def import_history(
    *, actor: Actor, test: ABTest, started_at: datetime, events: Iterable[HistoryEvent]
) -> int:
    """Let a running test have begun earlier, and have seen these events since.

    Returns how many of the events are new; the same event of a request counts once.
    Raises WrongState unless the test runs, and Invalid for a begin or an event in the
    future, an event before the begin, or one of another slot.
    """
    require_role(actor, test.project_id, "editor")
    row = ABTest.objects.select_for_update().get(pk=test.pk)
    if row.status != ABTest.Status.RUNNING:
        raise WrongState("Only a running test can be given a past.")
    _check_begin(started_at)
    before = facts(row, _NOTED)
    row.started_at = started_at
    row.save()
    hold_slots(row.slot_ids)
    n_new = _insert(row, events)
    rebuild(row)
    after = facts(row, _NOTED)
    record(actor, Action.UPDATE, row, before, after, project=row.project_id)
    return n_new


def _check_begin(started_at: datetime) -> None:
    if started_at > timezone.now():
        raise Invalid({"started_at": ["This is in the future."]})


def _insert(test: ABTest, events: Iterable[HistoryEvent]) -> int:
    now = timezone.now()
    rows = (_row(test, event, now) for event in events)
    return sum(insert_past_events(some).n_rows for some in batched(rows, _AT_ONCE))


def _row(test: ABTest, event: HistoryEvent, now: datetime) -> PastEvent:
    begin = test.started_at
    if event.slot_id not in test.slot_ids:
        raise Invalid({"events": ["An event is of a slot that is no arm of the test."]})
    if begin is None or not begin <= event.timestamp <= now:
        raise Invalid({"events": ["An event lies outside the time of the test."]})
    return PastEvent(
        project=test.project_id,
        deployment_slot=event.slot_id,
        user_id=event.user_id,
        item_id=event.item_id,
        event_type=event.event_type,
        recommendation_request_id=str(event.request_id),
        timestamp=str(connection.ops.adapt_datetimefield_value(event.timestamp)),
    )
