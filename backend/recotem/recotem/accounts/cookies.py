"""The two cookies that carry a browser's tokens; no script can read them."""

from django.conf import settings
from django.http import HttpResponse

from recotem.accounts.tokens import TokenPair

ACCESS = "jwt-access"
REFRESH = "jwt-refresh"
NAMES = (ACCESS, REFRESH)


def give(response: HttpResponse, tokens: TokenPair) -> None:
    _set(response, ACCESS, tokens.access, settings.ACCESS_TOKEN_LIFETIME)
    _set(response, REFRESH, tokens.refresh, settings.REFRESH_TOKEN_LIFETIME)


def take(response: HttpResponse) -> None:
    for name in NAMES:
        response.delete_cookie(name, samesite="Lax")


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        secure=settings.SECURE_COOKIES,
        samesite="Lax",
    )
