"""Taking events in."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import F

from recotem.core.actor import Actor
from recotem.core.audit import Action, record
from recotem.core.errors import Invalid, NotFound
from recotem.deployment.errors import SlotGone
from recotem.deployment.models import DeploymentSlot
from recotem.deployment.selectors import deployment_slots_for
from recotem.experiments.event_fields import Errors, Values, read_event
from recotem.experiments.event_rows import Inserted, insert_events
from recotem.experiments.locks import hold_slots
from recotem.experiments.models import ConversionEvent, SlotDay
from recotem.experiments.selectors import tests_with_a_rule
from recotem.experiments.sent_events import SentBatch, SentEvent
from recotem.experiments.services.rollups import recount, recount_past
from recotem.projects.selectors import Need, projects_for
from recotem.projects.services import require_role

BATCH_SIZE = 1000
COUNTERS = {"impression": "impressions", "click": "clicks", "purchase": "purchases"}

type Read = tuple[Values, Errors]


@transaction.atomic
def record_event(*, actor: Actor, sent: object) -> ConversionEvent:
    """The row of an event; the one that is there if it comes a second time."""
    values, errors = read = read_event(sent)
    unwritable = _check_references(actor, [read])
    if errors:
        raise Invalid(errors)
    _require_editor(actor, unwritable)
    event = _sent(values)
    new = _store([event]).last_id
    if new is not None:
        return ConversionEvent.objects.get(pk=new)
    return ConversionEvent.objects.get(
        project=event.project,
        recommendation_request_id=event.recommendation_request_id,
        event_type=event.event_type,
        item_id=event.item_id,
    )


@transaction.atomic
def record_events(*, actor: Actor, sent: object) -> int:
    """How many of the events are new; of a batch with a wrong one, none is kept.

    What is wrong stands under `events`, an entry for each event. The number of queries
    does not depend on that of the events.
    """
    if isinstance(sent, SentBatch):
        _check_length(sent.events)
        if _are_at_home(actor, sent.events):
            return _store(sent.events).n_rows
        sent = msgspec.to_builtins(sent)
    return _store(_read_batch(actor, sent)).n_rows


def _read_batch(actor: Actor, sent: object) -> list[SentEvent]:
    """Raises Invalid with what is wrong with each event."""
    reads = [read_event(event) for event in _batch(sent)]
    unwritable = _check_references(actor, reads)
    wrong: list[Any] = [errors for _, errors in reads]
    if any(wrong):
        raise Invalid({"events": wrong})
    _require_editor(actor, unwritable)
    return [_sent(values) for values, _ in reads]


def _sent(values: Values) -> SentEvent:
    request = values.get("recommendation_request_id")
    text = None if request is None else str(request)
    return SentEvent(**{**values, "recommendation_request_id": text})


def _are_at_home(actor: Actor, events: list[SentEvent]) -> bool:
    """Whether the actor may write all of them, each to a slot of its project."""
    pairs = {(event.deployment_slot, event.project) for event in events}
    projects = {project for _, project in pairs}
    if projects != _projects(actor, projects, "editor"):
        return False
    slots = DeploymentSlot.objects.filter(pk__in={slot for slot, _ in pairs})
    return pairs <= set(slots.values_list("pk", "project_id"))


@transaction.atomic
def delete_event(*, actor: Actor, event: ConversionEvent) -> None:
    """As if it had never come."""
    require_role(actor, event.project_id, "owner")
    hold_slots([event.deployment_slot_id])
    record(actor, Action.DELETE, event, project=event.project_id)
    if not ConversionEvent.objects.filter(pk=event.pk).delete()[0]:
        raise NotFound
    slot, user_id = event.deployment_slot_id, event.user_id
    day = SlotDay.objects.filter(slot=slot, day=event.timestamp.astimezone(UTC).date())
    counter = COUNTERS[event.event_type]
    day.update(**{counter: F(counter) - 1})
    recount_past([((slot, user_id), event.timestamp)])


def _store(events: Sequence[SentEvent]) -> Inserted:
    if not events:
        return Inserted(0, None)
    slots = {event.deployment_slot for event in events}
    if hold_slots(slots, shared=True) != slots:
        raise SlotGone
    inserted = insert_events(events)
    for test in tests_with_a_rule(slots):
        users = ((event.deployment_slot, event.user_id) for event in events)
        recount(test, (user for user in users if user[0] in test.slot_ids))
    return inserted


def _batch(sent: object) -> Sequence[object]:
    events = sent.get("events") if isinstance(sent, dict) else None
    if not isinstance(events, list):
        raise Invalid({"events": ["must be a list of events"]})
    _check_length(events)
    return events


def _check_length(events: Sequence[object]) -> None:
    if len(events) > BATCH_SIZE:
        message = f"A batch holds at most {BATCH_SIZE} events."
        raise Invalid({"events": [message]}, code="batch_too_long")


def _check_references(actor: Actor, reads: Sequence[Read]) -> set[int]:
    """Add an error where a project or its slot is not there for the actor.

    Returns the projects that the actor sees and may not write to.
    """
    projects = _asked("project", reads)
    writable = _projects(actor, projects, "editor")
    seen = writable if projects <= writable else _projects(actor, projects, "viewer")
    slots = deployment_slots_for(actor).filter(pk__in=_asked("deployment_slot", reads))
    project_of = dict(slots.values_list("pk", "project_id"))
    for values, errors in reads:
        project, slot = values.get("project"), values.get("deployment_slot")
        known = project if project in seen else None
        if project != known:
            errors["project"] = ["not found"]
        if slot and not _is_home(known, project_of.get(slot)):
            errors["deployment_slot"] = ["not found"]
    return seen - writable


def _is_home(project: int | None, home: int | None) -> bool:
    """Whether a slot is there and, if its event's project is known, in that one."""
    return home is not None and project in {home, None}


def _asked(name: str, reads: Sequence[Read]) -> set[int]:
    return {values[name] for values, _ in reads if name in values}


def _projects(actor: Actor, asked: set[int], need: Need) -> set[int]:
    found = projects_for(actor, need).filter(pk__in=asked)
    return set(found.values_list("pk", flat=True))


def _require_editor(actor: Actor, unwritable: set[int]) -> None:
    for project in unwritable:
        require_role(actor, project, "editor")
