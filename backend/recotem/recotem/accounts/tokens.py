"""Tokens of a session: signed by simplejwt, worth what the session's row says."""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any, NamedTuple

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from recotem.accounts.models import Session

SESSION_CLAIM = "sid"


class TokenPair(NamedTuple):
    """What a client keeps: `access` for requests, `refresh` for the next pair."""

    access: str
    refresh: str


def tokens_of(session: Session) -> TokenPair:
    """A pair for the session; its refresh token is the one the row names."""
    access, refresh = AccessToken.for_user(session.user), RefreshToken()
    refresh["jti"] = session.refresh_id
    for token in (access, refresh):
        token[SESSION_CLAIM] = session.pk
    return TokenPair(str(access), str(refresh))


class _AccessTokenOnArrival(AccessToken):
    """An access token of a request that began `late` seconds ago."""

    def __init__(self, text: str, late: float) -> None:
        self._late = late
        super().__init__(text)  # type: ignore[arg-type]  # annotated wrongly there

    def get_token_backend(self) -> Any:
        backend = copy(super().get_token_backend())
        backend.leeway = self._late
        return backend


def read_access(text: str, *, late: float = 0) -> Token | None:
    """The access token, None if it is forged, something else, or had expired `late`
    seconds ago."""
    return _read(partial(_AccessTokenOnArrival, late=late), text)


def read_refresh(text: str) -> Token | None:
    """The refresh token, None if it is forged, expired or something else."""
    return _read(RefreshToken, text)


def _read(kind: Callable[[Any], Token], text: str) -> Token | None:
    try:
        return kind(text)
    except TokenError:
        return None
