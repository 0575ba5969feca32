"""What a DELETE of a row would take along, found by the same keys it follows."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CASCADE, PROTECT, RESTRICT, Model, Q, QuerySet, Sum

from recotem.core.storage import OWNERS_OF_FILES

type Kind = type[Model]
#: Rows that stand against a deletion, and the sentence that says why.
type Refusal = tuple[QuerySet[Any], str]

#: How many rows are shown for each reason.
SHOWN = 20
#: What goes with a row though no key says so: kinds, and how each leads to the row.
_COMPANIONS: dict[Kind, list[tuple[Kind, str]]] = {}


def goes_with(kind: Kind, companion: Kind, path: str) -> None:
    """Say that a signal deletes the `companion` rows that lead to the row by `path`."""
    known = _COMPANIONS.setdefault(kind, [])
    if (companion, path) not in known:
        known.append((companion, path))


def impact_of(row: Model, refusals: Iterable[Refusal] = ()) -> dict[str, Any]:
    """{deletes: {kind: rows}, blocked_by: [{kind, id, name, reason}], frees_bytes}.

    deletes: what would go if nothing stood against it, the row itself included.
    refusals: rules beyond the keys. frees_bytes: of uploaded and model files, without
    the copies made from them.
    """
    doomed = _doomed(row)
    counts = {_name(kind): rows.count() for kind, rows in doomed.items()}
    return {
        "deletes": {name: count for name, count in counts.items() if count},
        "blocked_by": [
            {"kind": _name(rows.model), "id": it.pk, "name": str(it), "reason": reason}
            for rows, reason in [*refusals, *_keepers(doomed)]
            for it in rows[:SHOWN]
        ],
        "frees_bytes": sum(_bytes(rows) for rows in doomed.values()),
    }


def _doomed(row: Model) -> dict[Kind, QuerySet[Any]]:
    """Rows of each kind that a cascade reaches, by all the ways it has."""
    root = type(row)
    ways: dict[Kind, list[str]] = {root: ["pk"]}
    waiting: list[tuple[Kind, str, frozenset[Kind]]] = [(root, "", frozenset([root]))]
    while waiting:
        kind, path, passed = waiting.pop()
        for child, name in _dependents(kind):
            if child not in passed:
                way = f"{name}__{path}" if path else name
                ways.setdefault(child, []).append(way)
                waiting.append((child, way, passed | {child}))
    return {
        kind: _rows(kind).filter(reduce(or_, (Q((way, row.pk)) for way in found)))
        for kind, found in ways.items()
    }


def _dependents(kind: Kind) -> list[tuple[Kind, str]]:
    keys = [
        (key.related_model, key.field.name)
        for key in _keys_to(kind)
        if key.on_delete is CASCADE
    ]
    return keys + _COMPANIONS.get(kind, [])


def _keepers(doomed: dict[Kind, QuerySet[Any]]) -> list[Refusal]:
    """Rows of kinds that stay, and that need one of those that would go."""
    return [
        (
            _rows(key.related_model).filter(**{f"{key.field.name}__in": rows}),
            f"This {_words(key.related_model)} needs a {_words(kind)} that would go.",
        )
        for kind, rows in doomed.items()
        for key in _keys_to(kind)
        if key.on_delete in (PROTECT, RESTRICT) and key.related_model not in doomed
    ]


def _keys_to(kind: Kind) -> list[Any]:
    """The keys of other tables that point at this one."""
    fields = kind._meta.get_fields(include_hidden=True)  # noqa: SLF001  documented
    return [
        field
        for field in fields
        if field.auto_created and not field.concrete and not field.many_to_many
    ]


def _rows(kind: Kind) -> QuerySet[Any]:
    rows: QuerySet[Any] = kind._default_manager.all()  # noqa: SLF001  documented
    return rows


def _bytes(rows: QuerySet[Any]) -> int:
    if rows.model not in OWNERS_OF_FILES:
        return 0
    stored = rows.filter(file__isnull=False)
    return int(stored.aggregate(total=Sum("filesize"))["total"] or 0)


def _words(kind: Kind) -> str:
    return str(kind._meta.verbose_name)  # noqa: SLF001  documented


def _name(kind: Kind) -> str:
    return _words(kind).replace(" ", "_")
