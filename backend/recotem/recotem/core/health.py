"""Whether what we depend on answers, within a few seconds."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

import redis
from django.conf import settings
from django.db import connection
from kombu import Connection

from recotem.core.file_stores import file_store

logger = logging.getLogger(__name__)
_SECONDS = 2


def check_health() -> dict[str, str]:
    """`ok` or `unavailable` for each thing; why is for the log, not for strangers."""
    return {name: _state(name, check) for name, check in _CHECKS.items()}


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        logger.warning("The %s does not work: %s", name, error)
        return "unavailable"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    url = settings.CELERY_BROKER_URL
    if url.startswith("filesystem://"):
        options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        _require_writable(Path(str(options["data_folder_out"])))
    elif url.startswith(("redis://", "rediss://", "unix://")):
        with redis.Redis.from_url(
            url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
        ) as client:
            client.ping()
    else:
        with Connection(url, connect_timeout=_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, timeout=_SECONDS)


def _storage() -> None:
    _require_writable(Path(settings.MEDIA_ROOT))
    file_store().check(_SECONDS)


def _require_writable(folder: Path) -> None:
    with TemporaryFile(dir=folder) as file:
        file.write(os.urandom(1))


_CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "broker": _broker,
    "storage": _storage,
}
