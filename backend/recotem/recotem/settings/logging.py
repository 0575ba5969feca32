import re
import sys
from typing import Any

import structlog

from . import env
from .base import DEBUG

__all__ = ["LOGGING"]

_TOKEN = re.compile(r"\btoken=[^&\s\"']+")


def _without_tokens(_logger: Any, _method: str, line: Any) -> Any:
    """Sockets are opened with `?token=…`, and the server notes their addresses."""
    line["event"] = _TOKEN.sub("token=…", str(line["event"]))
    return line


_shared: list[Any] = [
    _without_tokens,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
_renderer: Any = (
    structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,
    )
    if DEBUG
    else structlog.processors.JSONRenderer()
)
_level = env.text("LOG_LEVEL", "INFO").upper()

#: Lines of JSON, for people in DEBUG; everything bound to the context is on each.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer,
            ],
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "structured"}
    },
    "root": {"handlers": ["stderr"], "level": _level},
    "loggers": {
        "django": {"level": env.text("DJANGO_LOG_LEVEL", _level).upper()},
        "celery": {"level": env.text("CELERY_LOG_LEVEL", _level).upper()},
        # It tells whole addresses, and those of webhooks are nobody's business.
        "httpx": {"level": "WARNING"},
    },
}
