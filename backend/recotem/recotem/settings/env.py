"""Typed readers of the environment; every name may also come as NAME_FILE."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from recotem_contracts.environment import with_redis_password

#: Seconds. Who waits for a message asks for it anew every 5 seconds, so a connection
#: that is silent for longer is dead.
REDIS_TIMEOUTS: dict[str, object] = {
    "socket_connect_timeout": 5,
    "socket_timeout": 10,
    "health_check_interval": 10,
}


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            message = f"{name}_FILE: {file} cannot be read ({error.strerror})."
            raise ImproperlyConfigured(message) from error
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    message = f"{name} must be true or false, not {value!r}."
    raise ImproperlyConfigured(message)


def number(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        message = f"{name} must be a whole number, not {value!r}."
        raise ImproperlyConfigured(message) from error


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] or list(default)


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks like `10.0.0.0/8`, with commas between them."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError as error:
        message = f"{name} must name networks like 10.0.0.0/8: {error}."
        raise ImproperlyConfigured(message) from error


def database(name: str, default: str) -> dict[str, Any]:
    return dict(environ.Env.db_url_config(text(name, default)))


def rate(name: str, default: str) -> str:
    """A number of requests per second, minute, hour or day: `20/min`."""
    value = text(name, default)
    number_of, _, period = value.partition("/")
    if number_of.isdecimal() and period[:1] in {"s", "m", "h", "d"}:
        return value
    message = f"{name} must look like 20/min, not {value!r}."
    raise ImproperlyConfigured(message)


def redis_url(name: str, default: str = "") -> str:
    """A URL, with REDIS_PASSWORD in it unless it carries a password of its own."""
    return with_redis_password(text(name, default), text("REDIS_PASSWORD"))
