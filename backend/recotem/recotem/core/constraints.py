"""Which rule of the data a refused write has broken."""

import re
from typing import NamedTuple

from django.apps import apps
from django.db import IntegrityError
from django.db.models import BaseConstraint, Model, UniqueConstraint
from django.db.models.options import Options

from recotem.core.errors import Conflict, DomainError, Invalid

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\w+)")
_POSTGRES_UNIQUE = "23505"
_POSTGRES_KEY = re.compile(r"\((.+?)\)=\(")


class _Facts(NamedTuple):
    """What the database said: a constraint's name, or a table and unique columns."""

    name: str = ""
    table: str = ""
    columns: tuple[str, ...] = ()


def explain(error: IntegrityError) -> DomainError:
    """The refusal to show for a write that the database did not take.

    A value taken already is 400 on the last field of the unique constraint, a broken
    check 400 with the constraint's name as code; a reference to a row that is gone
    is 409.
    """
    facts = _facts(error)
    constraint = _declared(facts)
    if isinstance(constraint, UniqueConstraint):
        return _taken(constraint.fields[-1])
    if constraint is not None:
        text = constraint.name.replace("_", " ")
        return Invalid({"non_field_errors": [text]}, code=constraint.name)
    if facts.columns:
        return _taken(_field(facts.table, facts.columns[-1]))
    return Conflict("Something this refers to was changed or deleted meanwhile.")


def _meta(model: type[Model]) -> "Options[Model]":
    return model._meta  # noqa: SLF001  Django documents it


def _taken(field: str) -> Invalid:
    return Invalid({field: [f"This {field} is already taken."]}, code="taken")


def _facts(error: IntegrityError) -> _Facts:
    if diagnosis := getattr(error.__cause__, "diag", None):
        detail = diagnosis.message_detail or ""
        key = _POSTGRES_KEY.search(detail)
        unique = key and diagnosis.sqlstate == _POSTGRES_UNIQUE
        columns = tuple(key[1].split(", ")) if key and unique else ()
        name, table = diagnosis.constraint_name, diagnosis.table_name
        return _Facts(name or "", table or "", columns)
    if check := _SQLITE_CHECK.search(str(error)):
        return _Facts(name=check[1])
    if unique := _SQLITE_UNIQUE.search(str(error)):
        pairs = [pair.split(".") for pair in unique[1].split(", ")]
        return _Facts("", pairs[0][0], tuple(column for _, column in pairs))
    return _Facts()


def _declared(facts: _Facts) -> BaseConstraint | None:
    for model in apps.get_models():
        for constraint in _meta(model).constraints:
            if constraint.name == facts.name or (
                facts.columns
                and facts.table == _meta(model).db_table
                and set(facts.columns) == _columns(model, constraint)
            ):
                return constraint
    return None


def _columns(model: type[Model], constraint: BaseConstraint) -> set[str]:
    if not isinstance(constraint, UniqueConstraint):
        return set()
    return {_column(model, name) for name in constraint.fields}


def _column(model: type[Model], field: str) -> str:
    return str(getattr(_meta(model).get_field(field), "column", field))


def _field(table: str, column: str) -> str:
    """The name under which a client knows a column."""
    names = {
        field.column: field.name
        for model in apps.get_models()
        if _meta(model).db_table == table
        for field in _meta(model).fields
    }
    return names.get(column, column)
