"""Who sent a request, by a token in its header or in its cookie."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from recotem.accounts import cookies
from recotem.accounts.models import User
from recotem.accounts.services import session_of_access
from recotem.core.arrivals import seconds_since_arrival
from recotem.core.errors import Forbidden


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        return (
            (_user_of(text.strip(), request), None)
            if kind.lower() == "bearer"
            else None
        )

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class CookieAuthentication(BearerAuthentication):
    """The cookie `jwt-access`; what changes something needs the CSRF token too."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        text = request.COOKIES.get(cookies.ACCESS)
        if not text:
            return None
        user = _user_of(text, request)
        check_csrf(request)
        return user, None


def _user_of(text: str, request: Request) -> User:
    """The token must have been valid when the request began: an upload may take long.
    Its session must be alive now."""
    session = session_of_access(text, late=seconds_since_arrival(request))
    if session is None:
        raise AuthenticationFailed(
            "The token is invalid or expired.", code="token_not_valid"
        )
    return session.user


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        raise Forbidden(f"CSRF check failed: {reason}", code="csrf_failed")


def _nowhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def check_csrf(request: Request) -> None:
    """Raises Forbidden for an unsafe request without the token of the cookie."""
    check = _CsrfCheck(_nowhere)
    check.process_request(request)
    check.process_view(request, _nowhere, (), {})
