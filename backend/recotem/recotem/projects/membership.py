"""Letting people into a project, and out again."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from recotem.accounts.models import User
from recotem.accounts.selectors import account_named
from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid, NotFound
from recotem.projects.models import Membership, Project
from recotem.projects.services import require_role

NOTED = ("user_id", "role")
#: What else ends when somebody goes; apps that know more than we do add to it.
ENDINGS: list[Callable[[Actor, Membership], None]] = []


@transaction.atomic
def add_member(*, actor: Actor, project: Project, name: str, role: str) -> Membership:
    """Raises Invalid on `username` for nobody, and for those who are in already."""
    require_role(actor, project, "owner")
    user = _account(name)
    if user.pk == project.owner_id or project.memberships.filter(user=user).exists():
        raise Invalid({"username": ["is in this project already"]}, code="taken")
    member = Membership.objects.create(project=project, user=user, role=role)
    _record(actor, Action.CREATE, member, after=facts(member, NOTED))
    return member


@transaction.atomic
def change_member(*, actor: Actor, member: Membership, **changes: Any) -> Membership:
    """Give a member another role."""
    require_role(actor, member.project_id, "owner")
    member = _held(member)
    before = facts(member, NOTED)
    member.role = changes.get("role", member.role)
    member.save(update_fields=["role", "updated_at"])
    _record(actor, Action.UPDATE, member, before, facts(member, NOTED))
    return member


@transaction.atomic
def remove_member(*, actor: Actor, member: Membership) -> None:
    """Owners remove whom they like; everybody may leave."""
    if member.user_id != actor.user_id:
        require_role(actor, member.project_id, "owner")
    member = _held(member)
    _record(actor, Action.DELETE, member, facts(member, NOTED))
    for end in ENDINGS:
        end(actor, member)
    member.delete()


def _account(name: str) -> User:
    user = account_named(name)
    if user is None or not user.is_active:
        raise Invalid({"username": ["not found"]})
    return user


def _held(member: Membership) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user")
    held = rows.filter(pk=member.pk).first()
    if held is None:
        raise NotFound
    return held


def _record(
    actor: Actor, action: Action, member: Membership, *states: Any, **more: Any
) -> None:
    record(actor, action, member, *states, project=member.project_id, **more)
