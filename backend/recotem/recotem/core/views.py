"""What the views of all resources share."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from recotem.core.actor import Actor, actor_of
from recotem.core.impact import Refusal, impact_of
from recotem.core.impact_serializers import ImpactSerializer


class ActorMixin(GenericAPIView):
    """A view that knows who asks, and lets keys in by scope."""

    keys_allowed = True
    read_scope = "read"
    write_scope = "write"

    @property
    def actor(self) -> Actor:
        if getattr(self, "swagger_fake_view", False):
            return Actor(get_user_model()(pk=0))
        return actor_of(self.request)

    def asked(self, form: type[Serializer]) -> dict[str, Any]:
        """The query parameters, checked.

        An empty one is wrong; to a form it would be one that is missing.
        """
        query = form(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        checked: dict[str, Any] = query.validated_data
        return checked


class OwnedResourceMixin(ActorMixin):
    """Rows come through `selector`; what it does not give is a 404."""

    selector: ClassVar[Callable[[Actor], QuerySet[Any]]]

    def get_queryset(self) -> QuerySet[Any]:
        return type(self).selector(self.actor)


class CreatedByResourceMixin(OwnedResourceMixin):
    """Rows that belong to who created them, not to a project."""


class ImpactMixin(OwnedResourceMixin):
    """Tells before a DELETE what would go with the row."""

    def refusals(self, row: Any) -> Iterable[Refusal]:
        """Rows for whose sake the service would refuse, beside those that need it."""
        return ()

    @extend_schema(responses={200: ImpactSerializer})
    @action(detail=True, filter_backends=())
    def impact(self, request: Request, pk: str) -> Response:
        """What a DELETE would take along, and what stands against it."""
        row = self.get_object()
        return Response(impact_of(row, self.refusals(row)))
