"""What staff do to accounts. Each of these is noted in the audit log."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q

from recotem.accounts.errors import LastInCharge, OwnAccount
from recotem.accounts.models import User
from recotem.accounts.services import check_password_is_good, set_password
from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Forbidden, NotFound

POWERS = ("is_staff", "is_superuser")
NOTED = ("username", "email", "first_name", "last_name", *POWERS)
#: What else ends when somebody is staff no more; apps above us add to it.
ENDINGS: list[Callable[[Actor, User], None]] = []


@transaction.atomic
def create_account(*, actor: Actor, password: str, **values: Any) -> User:
    """A new account. Only superusers give powers."""
    _require_may_give(actor, User(), values)
    user = User(**values)
    check_password_is_good(password, user, field="password")
    user.set_password(password)
    user.save()
    record(actor, Action.CREATE, user, after=facts(user, NOTED))
    return user


@transaction.atomic
def update_account(*, actor: Actor, user: User, **changes: Any) -> User:
    """Change names, address or powers. The last to have a power keeps it."""
    user = _held(actor, user)
    _require_may_give(actor, user, changes)
    before = facts(user, NOTED)
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))
    _require_somebody_in_charge(before)
    record(actor, Action.UPDATE, user, before, facts(user, NOTED))
    if before["is_staff"] and not user.is_staff:
        for end in ENDINGS:
            end(actor, user)
    return user


@transaction.atomic
def activate_account(*, actor: Actor, user: User) -> User:
    return _set_active(actor, _held(actor, user), Action.ACTIVATE)


@transaction.atomic
def deactivate_account(*, actor: Actor, user: User) -> User:
    """Sign somebody out for good, with all keys. Nobody does it to himself."""
    _require_other(actor, user)
    user = _held(actor, user)
    before = facts(user, POWERS)
    user = _set_active(actor, user, Action.DEACTIVATE)
    _require_somebody_in_charge(before)
    return user


def _set_active(actor: Actor, user: User, action: Action) -> User:
    before = facts(user, ("is_active",))
    user.is_active = action == Action.ACTIVATE
    user.save(update_fields=["is_active"])
    record(actor, action, user, before, facts(user, ("is_active",)))
    return user


@transaction.atomic
def reset_password(*, actor: Actor, user: User, new: str) -> User:
    """Set somebody's password and end the sessions. One's own needs the old one."""
    _require_other(actor, user)
    user = _held(actor, user)
    check_password_is_good(new, user, field="new_password")
    set_password(user, new)
    record(actor, Action.RESET_PASSWORD, user)
    return user


def _held(actor: Actor, user: User) -> User:
    """The account as it is now, held until the end of the transaction together with
    all who are in charge, so that the last two cannot remove each other."""
    in_charge = Q(is_staff=True) | Q(is_superuser=True)
    rows = User.objects.select_for_update().filter(Q(pk=user.pk) | in_charge)
    held = {row.pk: row for row in rows.order_by("pk")}.get(user.pk)
    if held is None:
        raise NotFound
    if held.is_superuser and not _is_superuser(actor):
        raise Forbidden("Only superusers may do this to a superuser.")
    return held


def _is_superuser(actor: Actor) -> bool:
    return bool(getattr(actor.user, "is_superuser", False))


def _require_other(actor: Actor, user: User) -> None:
    if user.pk == actor.user_id:
        raise OwnAccount


def _require_may_give(actor: Actor, user: User, values: dict[str, Any]) -> None:
    moved = [n for n in POWERS if values.get(n, getattr(user, n)) != getattr(user, n)]
    if moved and not _is_superuser(actor):
        raise Forbidden("Only superusers may give or take powers.")


def _require_somebody_in_charge(before: dict[str, Any]) -> None:
    for power in filter(before.get, POWERS):
        if not User.objects.filter(is_active=True, **{power: True}).exists():
            raise LastInCharge
