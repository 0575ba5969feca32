"""One body for every refusal: `{"detail", "code"}` and wrong fields beside them."""

from typing import Any

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from recotem.core.constraints import explain
from recotem.core.errors import Conflict, DomainError, Forbidden, NotFound, sentence


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception in a view; None for one that is our own fault."""
    refusal = _as_refusal(error)
    if refusal is not None:
        set_rollback()
        headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else None
        return Response(body_of(refusal), status=refusal.status, headers=headers)
    if isinstance(error, exceptions.APIException):
        response = exception_handler(error, context)
        if response is not None:
            response.data = _api_body(error)
        return response
    return None


def body_of(error: DomainError) -> dict[str, Any]:
    return {**error.fields, "detail": error.message, "code": error.code}


def _as_refusal(error: Exception) -> DomainError | None:
    for kind, refusal in _REFUSALS.items():
        if isinstance(error, kind):
            return refusal
    match error:
        case DomainError():
            return error
        case IntegrityError() if not isinstance(error, ProtectedError):
            return explain(error)
        case RequestDataTooBig():
            return _too_large()
        case SuspiciousOperation():
            return DomainError("The request is malformed.", code="parse_error")
    return None


def _too_large() -> DomainError:
    refusal = DomainError("The request is too large.", code="too_large")
    refusal.status = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    return refusal


_REFUSALS: dict[type[Exception], DomainError] = {
    Http404: NotFound(),
    # A row that went away after the request had found it.
    ObjectDoesNotExist: NotFound(),
    PermissionDenied: Forbidden(),
    ProtectedError: Conflict("Something else still uses this.", code="in_use"),
    RestrictedError: Conflict("Something else still uses this.", code="in_use"),
    # A number too large for its column, a text it cannot hold.
    DataError: DomainError("A value is out of range.", code="out_of_range"),
    OverflowError: DomainError("A value is out of range.", code="out_of_range"),
}


def _api_body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = _fields(error.detail)
        return {**fields, "detail": sentence(fields), "code": "invalid"}
    return {"detail": str(error.detail), "code": _code(error)}


def _fields(detail: Any) -> dict[str, Any]:
    return detail if isinstance(detail, dict) else {"non_field_errors": detail}


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code
