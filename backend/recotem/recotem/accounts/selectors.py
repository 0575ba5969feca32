from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from recotem.accounts.models import Session, User
from recotem.core.actor import Actor


def account_named(name: str) -> User | None:
    """The account with this user name, else the only one with this mail address."""
    if user := User.objects.filter(username=name).first():
        return user
    if "@" not in name:
        return None
    by_mail = list(User.objects.filter(email__iexact=name)[:2])
    return by_mail[0] if len(by_mail) == 1 else None


def live_session(session_id: object) -> Session | None:
    """The session, unless it ended, expired or belongs to a deactivated account."""
    if not isinstance(session_id, int):
        return None
    return live_sessions([session_id]).get(session_id)


def live_sessions(session_ids: Iterable[int]) -> dict[int, Session]:
    """Those of the sessions that are live, by their ids."""
    rows = Session.objects.select_related("user").filter(
        ended_at=None, expires_at__gt=timezone.now(), user__is_active=True
    )
    return rows.in_bulk(session_ids)


def accounts_for(actor: Actor) -> QuerySet[User]:
    """All accounts for staff, none for anybody else."""
    return User.objects.all() if actor.sees_everything else User.objects.none()
