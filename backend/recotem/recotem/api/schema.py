"""How the API describes itself."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import GenericViewSet

from recotem.api.error_codes import codes_of
from recotem.api.examples import EXAMPLES

Direction = Literal["request", "response"]
_SENTENCES = {
    400: "Something in the request is wrong; the fields it is about stand beside.",
    401: "Not signed in.",
    403: "Seen, but not allowed.",
    404: "It does not exist, or the caller may not know that it does.",
    409: "This cannot be done in the present state.",
    413: "The request is too large.",
    415: "The body is of another kind than the one described.",
    429: "Too often; `Retry-After` says when to come back.",
}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }
}
_FILE_NAME = {
    "Content-Disposition": {
        "description": "The name of the file, as RFC 6266 says.",
        "required": True,
        "schema": {"type": "string"},
    }
}
_WRITING = {"POST", "PUT", "PATCH", "DELETE"}


class Schema(AutoSchema):
    """Adds the refusals that the contract promises to each operation."""

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        answers: dict[str, Any] = super()._get_response_bodies(direction)
        for status in sorted(self._refusals()):
            answers.setdefault(str(status), _refusal(status))
        if "application/octet-stream" in answers.get("200", {}).get("content", {}):
            answers["200"]["headers"] = _FILE_NAME
        return answers

    def get_response_serializers(self) -> Any:
        """A DELETE that is no deletion answers with the row."""
        serializers_of = super().get_response_serializers()
        action = getattr(self.view, "action", "destroy")
        answers = self.method == "DELETE" and action != "destroy"
        return {200: serializers_of} if answers else serializers_of

    def _refusals(self) -> set[int]:
        """Statuses, of those in _SENTENCES, that this operation can answer with."""
        found = {429} if self.view.get_throttles() else set()
        if self._get_request_body():  # type: ignore[no-untyped-call]
            found |= {400, 413, 415}
        if self._is_list_view() or self._asks():
            found.add(400)
        if "{" in self.path or self._is_list_view():
            found.add(404)
        return found | self._refusals_of_access() | self._conflicts()

    def _asks(self) -> bool:
        """Whether there are query parameters that can be wrong."""
        given = self.get_override_parameters()
        return any(getattr(p, "location", "query") == "query" for p in given)

    def _refusals_of_access(self) -> set[int]:
        if not any(isinstance(p, AllowAny) for p in self.view.get_permissions()):
            return {401, 403}
        return set(getattr(self.view, "refusals_when_open", ()))

    def _conflicts(self) -> set[int]:
        resource = isinstance(self.view, GenericViewSet)
        writes = resource and self.method in _WRITING
        return {409} if writes or getattr(self.view, "may_conflict", False) else set()


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/Error{status}"}
    return {
        "description": _SENTENCES[status],
        "content": {"application/json": {"schema": schema}},
        **({"headers": _RETRY_AFTER} if status == 429 else {}),
    }


def _error(status: int) -> dict[str, Any]:
    """A refusal's body. Names of wrong fields cannot be known here."""
    return {
        "type": "object",
        "description": _SENTENCES[status],
        "required": ["code", "detail"],
        "properties": {
            "detail": {"type": "string", "description": "One sentence for people."},
            "code": {
                "type": "string",
                "enum": codes_of(status),
                "description": "Stable, for programs.",
            },
        },
        **({"additionalProperties": {}} if status == 400 else {}),
    }


def only_versioned(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The tree without a version is the same one and is not described twice."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


def complete_answers(
    result: dict[str, Any], generator: SchemaGenerator, **_: object
) -> dict[str, Any]:
    """Every field of an answer is there; refusals and examples are added."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if "properties" in schema and not name.endswith("Request"):
            schema["required"] = sorted(schema["properties"])
    for name, example in EXAMPLES.items():
        schemas[name]["example"] = example
    schemas.update({f"Error{status}": _error(status) for status in _SENTENCES})
    return result


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "recotem.accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class CookieScheme(OpenApiAuthenticationExtension):
    target_class = "recotem.accounts.authentication.CookieAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "jwt-access"}


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "recotem.keys.authentication.ApiKeyAuthentication"
    name = "api_key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-API-Key"}
