"""Pages of rows that keep their place while rows come and go.

Rows stand newest first by one unique key. A page can be found by its number, or by the
key of the row before or behind it: so whoever follows links meets each row once,
whatever is added or deleted meanwhile, and a page far down costs what the first does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet, Subquery

from recotem.core.errors import NotFound

#: From here on a count takes long enough to be remembered for a while.
MANY = 10_000
REMEMBERED_SECONDS = 30


@dataclass(frozen=True)
class Page:
    """Some rows, and the query parameters of the pages beside them."""

    rows: Sequence[Any]
    next: dict[str, int] | None = None
    previous: dict[str, int] | None = None


def numbered(rows: QuerySet[Any], number: int, size: int, count: int) -> Page:
    """The page of this number. Raises NotFound past the end.

    count: of all rows. The first row of the page is looked for from the nearer end.
    """
    if number == 1:
        return _page(rows, rows[: size + 1], number, size, newer=False)
    key = key_of(rows)
    begin = (number - 1) * size
    after_it = count - begin - 1
    order, place = (key, after_it) if 0 <= after_it < begin else (f"-{key}", begin)
    first = Subquery(rows.order_by(order).values(key)[place : place + 1])
    found = rows.filter(**{f"{key}__lte": first})[: size + 1]
    page = _page(rows, found, number, size, newer=True)
    if not page.rows:
        raise NotFound
    return page


def behind(rows: QuerySet[Any], key: int, number: int, size: int) -> Page:
    """The rows that follow the one with this key."""
    found = rows.filter(**{f"{key_of(rows)}__lt": key})[: size + 1]
    return _page(rows, found, number, size, newer=True)


def before(rows: QuerySet[Any], key: int, number: int, size: int) -> Page:
    """The rows that come just before the one with this key."""
    name = key_of(rows)
    found = list(rows.filter(**{f"{name}__gt": key}).order_by(name)[: size + 1])
    shown = found[:size][::-1]
    return Page(
        shown,
        next=_link(number + 1, "after", shown[-1], name) if shown else None,
        previous=(
            _link(number - 1, "before", shown[0], name) if len(found) > size else None
        ),
    )


def of_list(rows: Sequence[Any], number: int, size: int) -> Page:
    """A page of what is the same for everybody at any time."""
    begin, end = (number - 1) * size, number * size
    if begin and begin >= len(rows):
        raise NotFound
    return Page(
        rows[begin:end],
        next={"page": number + 1} if end < len(rows) else None,
        previous={"page": number - 1} if begin else None,
    )


def count_of(rows: QuerySet[Any]) -> int:
    """How many there are; of very many, how many there were a moment ago."""
    rows = rows.order_by().values("pk")
    try:
        question = repr(rows.query.sql_with_params()).encode()
    except EmptyResultSet:
        return 0
    name = f"count-{sha256(question).hexdigest()}"
    known: int | None = cache.get(name)
    if known is None:
        known = rows.count()
        if known >= MANY:
            cache.set(name, known, REMEMBERED_SECONDS)
    return known


def key_of(rows: QuerySet[Any]) -> str:
    """The unique key by which rows are sorted, the greatest first."""
    order = rows.query.order_by or rows.model._meta.ordering  # noqa: SLF001  documented
    (name,) = order
    return str(name).removeprefix("-")


def _page(
    rows: QuerySet[Any], found: QuerySet[Any], number: int, size: int, *, newer: bool
) -> Page:
    """One row more than a page was asked for, to know whether another follows."""
    name, shown = key_of(rows), list(found)
    more, shown = len(shown) > size, shown[:size]
    return Page(
        shown,
        next=_link(number + 1, "after", shown[-1], name) if more else None,
        previous=(
            _link(number - 1, "before", shown[0], name) if newer and shown else None
        ),
    )


def _link(page: int, side: str, row: Any, name: str) -> dict[str, int]:
    return {"page": max(page, 1), side: getattr(row, name)}
