"""Fields of requests that point at other rows."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.serializers import PrimaryKeyRelatedField

from recotem.core.actor import Actor, actor_of


@extend_schema_field(OpenApiTypes.INT)
class OwnedPrimaryKeyField(PrimaryKeyRelatedField):
    """An id looked up through a selector, with the eyes of who asks.

    Unknown and foreign ids are refused alike. A `fixed` field keeps the value that
    the row was created with.
    """

    default_error_messages = {
        "does_not_exist": "not found",
        "fixed": "cannot be changed",
    }

    def __init__(
        self,
        *,
        selector: Callable[[Actor], QuerySet[Any]],
        fixed: bool = False,
        **options: Any,
    ) -> None:
        self.selector = selector
        self.fixed = fixed
        super().__init__(**options)

    def get_queryset(self) -> QuerySet[Any]:
        return self.selector(actor_of(self.context["request"]))

    def to_internal_value(self, data: Any) -> Model:
        row: Model = super().to_internal_value(data)
        before = getattr(self.parent, "instance", None)
        if self.fixed and before is not None:
            current = getattr(before, f"{self.source}_id")
            if current != row.pk:
                self.fail("fixed")
        return row
