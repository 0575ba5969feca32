"""How refusals appear in the schema."""

from typing import Any

from inference.schemas import ErrorBody

_SENTENCES = {
    400: "The batch is too long",
    401: "No API key, or one that is unknown, revoked or expired",
    403: "The key lacks the predict scope or belongs to another project",
    404: "No such model, user or active slot",
    413: "The body is too large",
    422: "The body is not a valid request",
    429: "Too many requests with this key; see Retry-After",
    500: "The service failed",
    503: "The model or the service is not ready",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these statuses."""
    return {
        status: {"model": ErrorBody, "description": _SENTENCES[status]}
        for status in statuses
    }
