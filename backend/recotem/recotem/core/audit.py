"""The audit log: one entry for each change that somebody may ask about later."""

import re
from typing import Any

from django.db.models import Model, QuerySet

from recotem.core.actor import Actor
from recotem.core.models import AuditEntry

Action = AuditEntry.Action
type Facts = dict[str, Any]


def record(
    actor: Actor,
    action: Action,
    subject: Model,
    before: Facts | None = None,
    after: Facts | None = None,
    *,
    project: int | None = None,
) -> None:
    """Note what `actor` does to `subject`, inside the transaction that does it.

    Of `before` and `after` only what differs is kept, and where nothing does, nothing
    is noted. Give only what everybody in charge may read; a row that goes is to be
    noted before it is deleted.
    """
    if before is not None and after is not None:
        changed = [name for name in after if before[name] != after[name]]
        if not changed:
            return
        before = {name: before[name] for name in changed}
        after = {name: after[name] for name in changed}
    AuditEntry.objects.create(
        actor=actor.user_id or None,
        actor_name=actor.user.get_username(),
        key=actor.key_id,
        project=project,
        action=action,
        kind=_kind(subject),
        subject=subject.pk,
        name=str(subject)[:256],
        before=before,
        after=after,
    )


def facts(row: Model, names: tuple[str, ...]) -> Facts:
    """The present values of some fields."""
    return {name: getattr(row, name) for name in names}


def all_entries() -> QuerySet[AuditEntry]:
    """What happened in the whole installation, newest first."""
    return AuditEntry.objects.all()


def entries_of(project_id: int) -> QuerySet[AuditEntry]:
    """What happened in a project, newest first."""
    return AuditEntry.objects.filter(project=project_id)


def _kind(subject: Model) -> str:
    """`api_key` for an ApiKey, `ab_test` for an ABTest."""
    return re.sub(r"(?<!^)(?=[A-Z][a-z])", "_", type(subject).__name__).lower()
