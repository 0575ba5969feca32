"""What the request that opens a web socket says about who opens it."""

from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from recotem.accounts import cookies

type Scope = dict[str, Any]


def token_of(scope: Scope) -> str:
    """The access token: `?token=…`, else the cookie; empty without either."""
    return _query(scope, "token") or _cookie(scope, cookies.ACCESS)


def since_of(scope: Scope) -> int | None:
    """`?since=…`, if it is a number that a row may have."""
    text = _query(scope, "since")
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    return None


def is_our_origin(scope: Scope) -> bool:
    """Whether the page that opens the socket is ours.

    Browsers always say where the page is from; who says nothing is no browser, and
    has no cookies but its own. ALLOWED_HOSTS = * allows no foreign page.
    """
    origin = _header(scope, b"origin")
    if not origin or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    if place and place == _header(scope, b"host"):
        return True
    named = [host for host in settings.ALLOWED_HOSTS if host != "*"]
    return validate_host(split_domain_port(place)[0], named)


def _header(scope: Scope, wanted: bytes) -> str:
    for name, value in scope.get("headers", ()):
        if name == wanted:
            return bytes(value).decode("latin-1")
    return ""


def _query(scope: Scope, name: str) -> str:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return str(query.get(name, [""])[0])


def _cookie(scope: Scope, name: str) -> str:
    try:
        jar = SimpleCookie(_header(scope, b"cookie"))
    except CookieError:
        return ""
    return str(jar[name].value) if name in jar else ""
