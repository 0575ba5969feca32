"""What can go wrong for a reason the caller should hear."""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A refusal with a status, a stable code and a sentence.

    `fields` names the inputs it is about, as `{"name": ["what is wrong"]}`.
    """

    status = 400
    code = "invalid"
    message = "The request cannot be carried out."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        fields: dict[str, list[str]] | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.fields = fields or {}
        super().__init__(self.message)


class NotFound(DomainError):
    """It does not exist, or the caller may not know that it does."""

    status = 404
    code = "not_found"
    message = "Not found."


class Forbidden(DomainError):
    """The caller may see it but not do this to it."""

    status = 403
    code = "permission_denied"
    message = "You are not allowed to do this."


class Conflict(DomainError):
    """It is in a state in which this cannot be done."""

    status = 409
    code = "conflict"
    message = "This cannot be done in the present state."


class Invalid(DomainError):
    """Fields of the request are wrong: `Invalid({"data": ["not found"]})`."""

    def __init__(self, fields: dict[str, list[str]], *, code: str | None = None):
        super().__init__(sentence(fields), code=code, fields=fields)


def sentence(fields: Mapping[str, Any]) -> str:
    """One sentence that names the first wrong field and what is wrong with it.

    Entries of a list that are wrong come by their number, and so may be nested.
    """
    for name, messages in fields.items():
        text = _first(messages) or "invalid"
        return text if name == "non_field_errors" else f"{name}: {text}"
    return DomainError.message


def _first(messages: Any) -> str:
    inner = messages.values() if isinstance(messages, Mapping) else messages
    if isinstance(messages, str):
        return str(messages)
    return next(filter(None, map(_first, inner)), "")
