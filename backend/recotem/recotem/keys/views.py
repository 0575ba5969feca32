from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from recotem.core.views import OwnedResourceMixin
from recotem.keys import services
from recotem.keys.selectors import api_keys_for
from recotem.keys.serializers import (
    ApiKeySerializer,
    NewApiKeySerializer,
    StatusSerializer,
)


class ApiKeyViewSet(
    OwnedResourceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet,
):
    """Keys of a project. No key is accepted here: keys do not make keys."""

    selector = api_keys_for
    serializer_class = ApiKeySerializer
    filterset_fields = ("id", "project", "is_active")
    http_method_names = ["get", "head", "post", "patch", "delete"]
    keys_allowed = False

    @extend_schema(request=ApiKeySerializer, responses={201: NewApiKeySerializer})
    def create(self, request: Request) -> Response:
        """Make a key. Its text is in this answer and nowhere else."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        key, text = services.create_key(actor=self.actor, **given.validated_data)
        body = {**self.get_serializer(key).data, "key": text}
        return Response(body, status=status.HTTP_201_CREATED)

    def perform_update(self, serializer: Any) -> None:
        changes = {**serializer.validated_data}
        changes.pop("project", None)
        serializer.instance = services.update_key(
            actor=self.actor, key=serializer.instance, **changes
        )

    def perform_destroy(self, instance: Any) -> None:
        services.delete_key(actor=self.actor, key=instance)

    @extend_schema(request=None, responses={200: StatusSerializer})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """Refuse the key from now on; nothing brings it back."""
        services.revoke_key(actor=self.actor, key=self.get_object())
        return Response({"status": "revoked"})
