"""What every service does the same way with its environment variables."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

SECRETS = (
    "SECRET_KEY",
    "RECOTEM_MODEL_SIGNING_KEYS",
    "DATABASE_URL",
    "REDIS_PASSWORD",
    "CELERY_BROKER_URL",
    "CHANNELS_REDIS_URL",
    "CACHE_REDIS_URL",
    "MODEL_EVENTS_REDIS_URL",
    "DEFAULT_ADMIN_PASSWORD",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "EMAIL_HOST_PASSWORD",
)
"""Settings that may also be given as `NAME_FILE`, the path of a file with the value."""

REDIS_URLS = (
    "CELERY_BROKER_URL",
    "CHANNELS_REDIS_URL",
    "CACHE_REDIS_URL",
    "MODEL_EVENTS_REDIS_URL",
)
"""Settings into which `REDIS_PASSWORD` goes when they carry no password."""

POSTGRES_TIMEOUTS: dict[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
"""Connection parameters (seconds, the last one milliseconds) for a server that may be
cut off without a farewell: it is given up after 15 seconds of silence."""

_REDIS_SCHEMES = ("redis", "rediss", "unix")


class SettingError(ValueError):
    """A setting cannot be read; the message names it and the cure."""


def with_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """A copy of the environment with files read and Redis passwords filled in.

    Raises SettingError when a file cannot be read.
    """
    settings = dict(environ)
    for name in SECRETS:
        if value := secret(environ, name):
            settings[name] = value
    password = settings.get("REDIS_PASSWORD", "")
    for name in REDIS_URLS:
        if name in settings:
            settings[name] = with_redis_password(settings[name], password)
    return settings


def secret(environ: Mapping[str, str], name: str) -> str:
    """The content of the file that `NAME_FILE` names, otherwise the value of `NAME`.

    Without the white space around it. Raises SettingError if there is no such file.
    """
    path = environ.get(f"{name}_FILE", "")
    if not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"The file of {name}_FILE, {path}, cannot be read: {error}."
        ) from error


def with_redis_password(url: str, password: str) -> str:
    """The URL with the password, if it is one of Redis and carries none yet."""
    parts = urlsplit(url)
    if not password or parts.scheme not in _REDIS_SCHEMES or parts.password:
        return url
    user, at, host = parts.netloc.rpartition("@")
    user = user.removesuffix(":") if at else ""
    netloc = f"{user}:{quote(password, safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=netloc))
