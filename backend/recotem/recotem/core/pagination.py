from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class Pages(PageNumberPagination):
    """`{count, next, previous, results}`, 20 a page unless asked, at most 100."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100

    def get_page_number(self, request: Request, paginator: object) -> int:
        return _positive(request, self.page_query_param) or 1

    def get_page_size(self, request: Request) -> int:
        asked = _positive(request, "page_size") or self.page_size
        return min(asked, self.max_page_size)


def _positive(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        raise ValidationError({name: ["must be a whole number from 1 on"]})
    return int(text)
