"""The longest that one step of a job may take in this installation."""

from django.conf import settings


def took_too_long(step: str) -> str:
    """The sentence about a step that STEP_TIME_LIMIT has ended."""
    limit = f"the workers' limit for one step ({settings.STEP_TIME_LIMIT} s)"
    return f"{step} took longer than {limit}."
