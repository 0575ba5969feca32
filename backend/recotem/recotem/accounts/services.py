from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from recotem.accounts.errors import TokenRefused, WrongCredentials
from recotem.accounts.models import Session, User
from recotem.accounts.selectors import account_named, live_session
from recotem.accounts.tokens import (
    SESSION_CLAIM,
    TokenPair,
    read_access,
    read_refresh,
    tokens_of,
)
from recotem.core.actor import Actor
from recotem.core.audit import Action, record
from recotem.core.errors import Invalid


def sign_in(*, name: str, password: str) -> tuple[User, TokenPair]:
    """Open a session. Raises WrongCredentials, after the same work in each case."""
    user = account_named(name)
    right = (user or User()).check_password(password)
    if user is None or not right or not user.is_active:
        raise WrongCredentials
    return user, _open_session(user)


@transaction.atomic
def _open_session(user: User) -> TokenPair:
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(last_login=now)
    user.sessions.filter(expires_at__lt=now).delete()
    session = Session.objects.create(
        user=user, refresh_id=uuid4().hex, expires_at=_expiry()
    )
    return tokens_of(session)


def _expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.REFRESH_TOKEN_LIFETIME)


def session_of_access(text: str, *, late: float = 0) -> Session | None:
    """The session, live now, of an access token that was valid `late` seconds ago."""
    token = read_access(text, late=late)
    return live_session(token.get(SESSION_CLAIM)) if token else None


def verify(text: str) -> None:
    """Raises TokenRefused unless the token, access or refresh, is accepted now."""
    token = read_refresh(text)
    session = live_session(token.get(SESSION_CLAIM)) if token else None
    unused = token and session and session.refresh_id == token["jti"]
    if not unused and session_of_access(text) is None:
        raise TokenRefused


def refresh(text: str) -> TokenPair:
    """The next pair of a session. A refresh token works once; used again, it ends
    the session, because one of its two holders has stolen it."""
    token = read_refresh(text)
    if token is None:
        raise TokenRefused
    session = live_session(token.get(SESSION_CLAIM))
    if session is None:
        raise TokenRefused
    session.refresh_id, session.expires_at = uuid4().hex, _expiry()
    unused = Session.objects.filter(
        pk=session.pk, refresh_id=token["jti"], ended_at=None
    )
    moved = unused.update(refresh_id=session.refresh_id, expires_at=session.expires_at)
    if not moved:
        end_session(session.pk)
        raise TokenRefused
    return tokens_of(session)


def end_session(session_id: int) -> None:
    Session.objects.filter(pk=session_id, ended_at=None).update(ended_at=timezone.now())


def sign_out(*tokens: str | None) -> None:
    """End the sessions of these tokens; those that are worth nothing are passed by."""
    for text in filter(None, tokens):
        token = read_access(text) or read_refresh(text)
        if token and isinstance(session_id := token.get(SESSION_CLAIM), int):
            end_session(session_id)


def change_password(*, actor: Actor, old: str, new: str) -> TokenPair:
    """Set a new password, end every session and open a fresh one."""
    user = User.objects.get(pk=actor.user_id)
    if not user.check_password(old):
        raise Invalid({"old_password": ["This is not your present password."]})
    check_password_is_good(new, user, field="new_password")
    with transaction.atomic():
        set_password(user, new)
        record(actor, Action.CHANGE_PASSWORD, user)
        return _open_session(user)


def check_password_is_good(password: str, user: User, *, field: str) -> None:
    """Raises Invalid on `field` for a password that is too easy to guess."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({field: list(error.messages)}) from error


def set_password(user: User, password: str) -> None:
    """Also ends every session of the account."""
    user.set_password(password)
    user.save(update_fields=["password"])
