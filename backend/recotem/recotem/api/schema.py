"""How the API describes itself."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.permissions import AllowAny

Direction = Literal["request", "response"]
_SENTENCES = {
    "400": "Something in the request is wrong; the fields it is about stand beside.",
    "401": "Not signed in.",
    "403": "Seen, but not allowed.",
    "404": "It does not exist, or the caller may not know that it does.",
    "409": "This cannot be done in the present state.",
    "429": "Too often; `Retry-After` says when to come back.",
}


class ErrorSerializer(serializers.Serializer):
    """Every refusal. A wrong field stands beside under its name, with its messages."""

    detail = serializers.CharField(help_text="One sentence for people.")
    code = serializers.CharField(help_text="Stable, for programs.")


class Schema(AutoSchema):
    """Adds the refusals that the contract promises to each operation."""

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        answers: dict[str, Any] = super()._get_response_bodies(direction)
        error = self.resolve_serializer(ErrorSerializer, direction).ref
        for code in self._refusals():
            answers.setdefault(
                code,
                {
                    "content": {"application/json": {"schema": error}},
                    "description": _SENTENCES[code],
                },
            )
        return answers

    def get_response_serializers(self) -> Any:
        """A DELETE that is no deletion answers with the row."""
        serializers_of = super().get_response_serializers()
        action = getattr(self.view, "action", "destroy")
        answers = self.method == "DELETE" and action != "destroy"
        return {200: serializers_of} if answers else serializers_of

    def _refusals(self) -> list[str]:
        codes = ["429"] if self.view.get_throttles() else []
        if not any(isinstance(p, AllowAny) for p in self.view.get_permissions()):
            codes += ["401", "403"]
        elif self.method != "GET":
            codes += ["401", "403"] if "/auth/" in self.path else []
        asked = self._is_list_view() or bool(self.get_override_parameters())
        if self.method in {"POST", "PUT", "PATCH"} or asked:
            codes.append("400")
        if "{" in self.path or self._is_list_view():
            codes.append("404")
        if self.method in {"POST", "PUT", "PATCH", "DELETE"}:
            codes.append("409")
        return sorted(codes)


def only_versioned(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The tree without a version is the same one and is not described twice."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


def complete_answers(
    result: dict[str, Any], generator: SchemaGenerator, **_: object
) -> dict[str, Any]:
    """Every field of an answer is there; a refusal has fields we cannot know here."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if "properties" in schema and not name.endswith("Request"):
            schema["required"] = sorted(schema["properties"])
    schemas["Error"]["additionalProperties"] = {}
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
