from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from recotem.core.views import OwnedResourceMixin
from recotem.projects import services
from recotem.projects.permissions import HasRole
from recotem.projects.selectors import projects_for, summary_of
from recotem.projects.serializers import ProjectSerializer, ProjectSummarySerializer


class ProjectViewSet(OwnedResourceMixin, ModelViewSet):
    selector = projects_for
    project = "pk"
    permission_classes = (HasRole,)
    serializer_class = ProjectSerializer
    filterset_fields = ("id", "name")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.create_project(
            actor=self.actor, **serializer.validated_data
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.update_project(
            actor=self.actor, project=serializer.instance, **serializer.validated_data
        )

    def perform_destroy(self, instance: Any) -> None:
        services.delete_project(actor=self.actor, project=instance)


class ProjectSummaryViewSet(OwnedResourceMixin, GenericViewSet):
    """What a project holds, in numbers."""

    selector = projects_for
    serializer_class = ProjectSummarySerializer
    filterset_fields = ()

    @extend_schema(responses={200: ProjectSummarySerializer})
    def retrieve(self, request: Request, pk: str) -> Response:
        summary = summary_of(self.get_object())
        return Response(self.get_serializer(summary).data)
