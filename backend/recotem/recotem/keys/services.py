from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from recotem.accounts.models import User
from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid
from recotem.core.model_events import publish
from recotem.core.revisions import bump_serving
from recotem.keys.errors import KeyRevoked
from recotem.keys.models import ApiKey
from recotem.projects.models import Membership, Project
from recotem.projects.selectors import projects_for
from recotem.projects.services import require_role
from recotem_contracts import api_keys
from recotem_contracts.model_events import KeyChanged

NOTED = ("name", "scopes", "expires_at")
USE_IS_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_key(
    *,
    actor: Actor,
    project: Project,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can read again."""
    require_role(actor, project, "owner")
    _check_future(expires_at)
    issued = api_keys.issue()
    key = ApiKey.objects.create(
        project=project,
        created_by_id=actor.user_id,
        name=name,
        scopes=in_order(scopes),
        expires_at=expires_at,
        key_prefix=issued.prefix,
        key_hash=issued.hash,
    )
    _record(actor, Action.CREATE, key, after=facts(key, NOTED))
    _announce(key)
    return key, issued.key


@transaction.atomic
def update_key(*, actor: Actor, key: ApiKey, **changes: Any) -> ApiKey:
    """Change `name`, `expires_at` or `scopes`; scopes can only become fewer."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if not key.is_active:
        raise KeyRevoked
    if "scopes" in changes:
        changes["scopes"] = _narrowed(key.scopes, changes["scopes"])
    _check_future(changes.get("expires_at"))
    before = facts(key, NOTED)
    for name, value in changes.items():
        setattr(key, name, value)
    key.save(update_fields=[*changes, "updated_at"])
    _record(actor, Action.UPDATE, key, before, facts(key, NOTED))
    _announce(key)
    return key


@transaction.atomic
def revoke_key(*, actor: Actor, key: ApiKey) -> None:
    active = ApiKey.objects.filter(pk=key.pk, is_active=True)
    if active.update(is_active=False, updated_at=timezone.now()):
        _record(actor, Action.REVOKE, key)
    _announce(key)


def revoke_keys_of_member(actor: Actor, member: Membership) -> None:
    """Who goes takes no key of the project along."""
    keys = ApiKey.objects.filter(project=member.project_id, created_by=member.user_id)
    for key in keys:
        revoke_key(actor=actor, key=key)


def revoke_keys_of_outsider(actor: Actor, user: User) -> None:
    """Who was in projects as staff only keeps no key of them."""
    at_home = projects_for(Actor(user))
    for key in user.api_keys.exclude(project__in=at_home):
        revoke_key(actor=actor, key=key)


@transaction.atomic
def delete_key(*, actor: Actor, key: ApiKey) -> None:
    _record(actor, Action.DELETE, key, facts(key, NOTED))
    _announce(key)
    key.delete()


def in_order(scopes: Sequence[str]) -> list[str]:
    """Each scope once, in the order in which they are always listed."""
    return [scope.value for scope in api_keys.Scope if scope in scopes]


def _narrowed(before: Sequence[str], scopes: Sequence[str]) -> list[str]:
    if wider := set(scopes) - set(before):
        added = ", ".join(sorted(wider))
        raise Invalid({"scopes": [f"Scopes can only be taken away; new: {added}."]})
    return in_order(scopes)


def _check_future(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid({"expires_at": ["This is in the past."]})


def _record(
    actor: Actor, action: Action, key: ApiKey, *states: Any, **more: Any
) -> None:
    record(actor, action, key, *states, project=key.project_id, **more)


def _announce(key: ApiKey) -> None:
    bump_serving()
    publish(KeyChanged(project_id=key.project_id))


def key_behind(text: str, *, before_slow_check: Callable[[], None]) -> ApiKey | None:
    """The key that this text is, if it may be used now.

    A hash that is slow to check is replaced by a fast one on its first success, and
    `before_slow_check` may raise to refuse the work.
    """
    if not api_keys.is_well_formed(text):
        return None
    now = timezone.now()
    candidates = ApiKey.objects.select_related("created_by").filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        key_prefix=api_keys.prefix_of(text),
        is_active=True,
        created_by__is_active=True,
    )
    for key in candidates.order_by("-key_hash", "id"):
        if api_keys.is_slow(key.key_hash):
            before_slow_check()
        if api_keys.verify(text, key.key_hash):
            _note_use(key, text, now)
            return key
    return None


def _note_use(key: ApiKey, text: str, now: datetime) -> None:
    rows = ApiKey.objects.filter(pk=key.pk)
    if api_keys.is_slow(key.key_hash):
        rows.filter(key_hash=key.key_hash).update(key_hash=api_keys.hash_key(text))
    stale = now - USE_IS_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at < stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=stale)
        rows.filter(unnoted).update(last_used_at=now)
