"""Which codes the refusals of each status can carry; clients rely on them."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import CheckConstraint
from rest_framework import exceptions

from recotem.core.errors import DomainError

#: Codes said where a refusal is raised; no class carries them.
SAID_IN_PLACE = {
    400: {
        "batch_too_long",
        "cannot_parse",
        "file_too_large",
        "out_of_range",
        "parse_error",
        "taken",
        "time_needed",
    },
    401: {"key_not_valid"},
    403: {"csrf_failed", "key_not_accepted", "role_missing", "scope_missing"},
    409: {"in_use", "job_ended"},
    413: {"too_large"},
    500: {"server_error"},
}
#: Refusals of the engine that a field passes on: of a file, of a configuration.
OF_ENGINE = {
    "bad_parameter",
    "cell_too_long",
    "column_missing",
    "duplicate_column",
    "empty_file",
    "no_rows",
    "null_ids",
    "time_not_readable",
    "too_deep",
    "too_many_columns",
    "unknown_algorithm",
    "unpacked_too_large",
    "unsupported_suffix",
}
#: Refusals of the framework, before any of our code runs.
_OF_FRAMEWORK = (
    exceptions.NotAuthenticated,
    exceptions.AuthenticationFailed,
    exceptions.UnsupportedMediaType,
    exceptions.Throttled,
)


def codes_of(status: int) -> list[str]:
    """All codes of one status, in alphabetical order."""
    codes = {kind.code for kind in _kinds(DomainError) if kind.status == status}
    codes |= {e.default_code for e in _OF_FRAMEWORK if e.status_code == status}
    codes |= SAID_IN_PLACE.get(status, set())
    if status == 400:
        codes |= OF_ENGINE | set(_broken_checks())
    return sorted(codes)


def _kinds(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    if kind.__module__.startswith("recotem."):
        yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _broken_checks() -> Iterator[str]:
    """A write that breaks a check of the database carries the name of the check."""
    for model in apps.get_models():
        if model.__module__.startswith("recotem."):
            for constraint in model._meta.constraints:  # noqa: SLF001  documented
                if isinstance(constraint, CheckConstraint):
                    yield constraint.name
