"""The environment in which the processes of the one-machine mode run."""

import socket
from collections.abc import Mapping
from urllib.parse import quote

from .home import Home

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ANY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
#: The home decides these; what the caller's environment says of them is left out.
OWN = (
    "SECRET_KEY",
    "RECOTEM_MODEL_SIGNING_KEYS",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CHANNELS_REDIS_URL",
    "CACHE_REDIS_URL",
    "MODEL_EVENTS_REDIS_URL",
    "RECOTEM_STORAGE_TYPE",
)


def of_home(home: Home, inherited: Mapping[str, str]) -> dict[str, str]:
    """The inherited environment, pointed at this home: SQLite, no Redis, no S3."""
    kept = {k: v for k, v in inherited.items() if k.removesuffix("_FILE") not in OWN}
    return {
        **kept,
        **home.secrets(),
        "DJANGO_SETTINGS_MODULE": "recotem.settings",
        "DATABASE_URL": f"sqlite:///{quote(str(home.database))}",
        "MEDIA_ROOT": str(home.media),
        "RECOTEM_HOME": str(home.folder),
        "RECOTEM_EXPOSURES_DIR": str(home.exposures),
        "CELERY_BROKER_URL": "filesystem://",
        "DEBUG": "false",
        "SECURE_COOKIES": inherited.get("SECURE_COOKIES", "false"),
        # One page asks a dozen times, and whoever looks around opens many.
        "THROTTLE_USER_RATE": inherited.get("THROTTLE_USER_RATE", "1000/min"),
        "PYTHONUNBUFFERED": "1",
    }


def of_command(home: Home, inherited: Mapping[str, str]) -> dict[str, str]:
    """What a management command runs in: the home, unless a database is named."""
    named = "DATABASE_URL" in inherited or "DATABASE_URL_FILE" in inherited
    if named or not home.exists():
        return {"DJANGO_SETTINGS_MODULE": "recotem.settings", **inherited}
    return of_home(home, inherited)


def allowed_hosts(host: str) -> str:
    """The names under which a browser may reach a server bound to this address."""
    names = [*LOOPBACK]
    if host in ANY_ADDRESS:
        names += [socket.gethostname(), socket.getfqdn(), *_own_addresses()]
    else:
        names.append(f"[{host}]" if ":" in host else host)
    return ",".join(dict.fromkeys(names))


def _own_addresses() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        return []
    return [str(address[4][0]) for address in found]
