"""Taking events in."""

from collections.abc import Sequence
from typing import Any

from recotem.core.actor import Actor
from recotem.core.errors import Invalid
from recotem.deployment.selectors import deployment_slots_for
from recotem.experiments.event_fields import Errors, Values, read_event
from recotem.experiments.event_rows import insert_events
from recotem.experiments.models import ConversionEvent
from recotem.projects.selectors import Need, projects_for
from recotem.projects.services import require_role

BATCH_SIZE = 1000

type Read = tuple[Values, Errors]


def record_event(*, actor: Actor, sent: object) -> ConversionEvent:
    """The row of an event; the one that is there if it comes a second time."""
    read = read_event(sent)
    values, errors = read
    unwritable = _check_references(actor, [read])
    if errors:
        raise Invalid(errors)
    _require_editor(actor, unwritable)
    row = {
        "project_id": values.pop("project"),
        "deployment_slot_id": values.pop("deployment_slot"),
        **values,
    }
    if row.get("recommendation_request_id") is None:
        return ConversionEvent.objects.create(**row)
    names = ("project_id", "recommendation_request_id", "event_type")
    identity = {name: row.pop(name) for name in names}
    return ConversionEvent.objects.get_or_create(
        **identity, item_id=row.pop("item_id", ""), defaults=row
    )[0]


def record_events(*, actor: Actor, sent: object) -> int:
    """How many of the events are new; of a batch with a wrong one, none is kept.

    What is wrong stands under `events`, an entry for each event. The number of queries
    does not depend on that of the events.
    """
    reads = [read_event(event) for event in _batch(sent)]
    unwritable = _check_references(actor, reads)
    wrong: list[Any] = [errors for _, errors in reads]
    if any(wrong):
        raise Invalid({"events": wrong})
    _require_editor(actor, unwritable)
    return insert_events([values for values, _ in reads]) if reads else 0


def _batch(sent: object) -> Sequence[object]:
    events = sent.get("events") if isinstance(sent, dict) else None
    if not isinstance(events, list):
        raise Invalid({"events": ["must be a list of events"]})
    if len(events) > BATCH_SIZE:
        message = f"A batch holds at most {BATCH_SIZE} events."
        raise Invalid({"events": [message]}, code="batch_too_long")
    return events


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
