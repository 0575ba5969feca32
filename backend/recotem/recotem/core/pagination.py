from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from recotem.core import paging

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
_LARGEST = {"page": 10**9 - 1, "page_size": 10**9 - 1}
_LARGEST_KEY = 2**63 - 1
_DESCRIPTIONS = {
    "page": "The number of the page, from 1; past the end is 404.",
    "page_size": f"Rows on a page; more than {MAX_PAGE_SIZE} are cut to that.",
    "after": (
        "Only rows behind the one with this key: `next` links carry it, so that "
        "following them meets each row once whatever is added or deleted meanwhile. "
        "`page` then only counts."
    ),
    "before": (
        "The rows just before the one with this key, as `previous` links say it; not "
        "together with `after`."
    ),
}


class Pages(BasePagination):
    """`{count, next, previous, results}`, 20 a page unless asked, at most 100."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: object = None
    ) -> list[Any]:
        self.address = request.build_absolute_uri()
        asked = {name: _number(request, name) for name in _DESCRIPTIONS}
        self.count = _count_of(queryset)
        self.page = _page_of(queryset, asked, self.count)
        return list(self.page.rows)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "count": self.count,
                "next": self._address_of(self.page.next),
                "previous": self._address_of(self.page.previous),
                "results": data,
            }
        )

    def _address_of(self, parameters: dict[str, int] | None) -> str | None:
        if parameters is None:
            return None
        address = self.address
        for name in ("after", "before"):
            address = remove_query_param(address, name)
        for name, value in parameters.items():
            address = replace_query_param(address, name, value)
        return address

    def get_schema_operation_parameters(self, view: object) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": text,
                "schema": _schema_of(name),
            }
            for name, text in _DESCRIPTIONS.items()
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        many = f"From {paging.MANY:,} on it may be {paging.REMEMBERED_SECONDS} s old."
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "minimum": 0, "description": many},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


def _page_of(rows: Any, asked: dict[str, int | None], count: int) -> paging.Page:
    number, size = (
        asked["page"] or 1,
        min(asked["page_size"] or PAGE_SIZE, MAX_PAGE_SIZE),
    )
    if not isinstance(rows, QuerySet):
        return paging.of_list(rows, number, size)
    after, before = asked["after"], asked["before"]
    if after is not None and before is not None:
        raise ValidationError({"before": ["cannot be combined with `after`"]})
    if after is not None:
        return paging.behind(rows, after, number, size)
    if before is not None:
        return paging.before(rows, before, number, size)
    return paging.numbered(rows, number, size, count)


def _count_of(rows: Any) -> int:
    return paging.count_of(rows) if isinstance(rows, QuerySet) else len(rows)


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    least, largest = int(name in _LARGEST), _LARGEST.get(name, _LARGEST_KEY)
    readable = text.isascii() and text.isdecimal() and len(text) < 20
    if not readable or not least <= int(text) <= largest:
        raise ValidationError({name: [f"must be a whole number from {least} on"]})
    return int(text)


def _schema_of(name: str) -> dict[str, Any]:
    largest = _LARGEST.get(name, _LARGEST_KEY)
    bounds = {"minimum": int(name in _LARGEST), "maximum": largest}
    default = {"page": 1, "page_size": PAGE_SIZE}.get(name)
    return {"type": "integer", **bounds, **({"default": default} if default else {})}
