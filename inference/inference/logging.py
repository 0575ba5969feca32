"""Logs as JSON lines on standard output."""

import logging

import structlog


def configure(level: str) -> None:
    """Quiet by design: refusals and changes, no line per request."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(number, logging.WARNING))
