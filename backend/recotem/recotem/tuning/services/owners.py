"""Giving the work of people who left to somebody who is there."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from recotem.accounts.models import User
from recotem.core.actor import Actor
from recotem.core.audit import Action, record
from recotem.core.errors import Conflict
from recotem.core.revisions import bump_serving
from recotem.projects.models import Project
from recotem.tuning.models import EvaluationConfig, SplitConfig

type Given = list[tuple[models.Model, str]]


@transaction.atomic
def assign_owners(*, heir: User, dry_run: bool = False) -> Given:
    """Projects and configurations of deactivated accounts become those of `heir`.

    Returns each row with the name of who had it. Raises Conflict if two projects of
    the heir would have the same name; then nothing changes.
    """
    given = [
        *_left(Project.objects, "owner"),
        *_left(SplitConfig.objects, "created_by"),
    ]
    given += _left(EvaluationConfig.objects, "created_by")
    _refuse_equal_names(heir, [row for row, _ in given if isinstance(row, Project)])
    if not dry_run:
        for row, name in given:
            _give(row, name, heir)
        bump_serving()
    return given


def _left(rows: models.Manager[Any], whose: str) -> Given:
    held = rows.select_for_update(of=("self",)).select_related(whose)
    left = held.filter(**{f"{whose}__is_active": False}).order_by("pk")
    return [(row, getattr(row, whose).get_username()) for row in left]


def _refuse_equal_names(heir: User, projects: Iterable[Project]) -> None:
    taken = set(heir.projects.values_list("name", flat=True))
    for project in projects:
        if project.name in taken:
            message = f"{heir} would have two projects called {project.name!r}."
            raise Conflict(message, code="taken")
        taken.add(project.name)


def _give(row: Any, name: str, heir: User) -> None:
    whose = "owner" if isinstance(row, Project) else "created_by"
    setattr(row, whose, heir)
    row.save(update_fields=[whose, "updated_at"])
    project = row.pk if isinstance(row, Project) else None
    if project:
        row.memberships.filter(user=heir).delete()
    before, after = {whose: name}, {whose: heir.get_username()}
    record(Actor(heir), Action.UPDATE, row, before, after, project=project)
