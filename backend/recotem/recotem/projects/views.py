from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from recotem.core.audit import entries_of
from recotem.core.serializers import AuditEntrySerializer
from recotem.core.views import ActorMixin, ImpactMixin, OwnedResourceMixin
from recotem.projects import membership, services
from recotem.projects.permissions import HasRole
from recotem.projects.selectors import (
    members_of,
    projects_for,
    projects_with_role,
    summary_of,
)
from recotem.projects.serializers import (
    MemberSerializer,
    NewMemberSerializer,
    ProjectSerializer,
    ProjectSummarySerializer,
)


class ProjectViewSet(ImpactMixin, ModelViewSet):
    """Catalogues with their users; everything else belongs to one."""

    selector = projects_with_role
    project = "pk"
    permission_classes = (HasRole,)
    serializer_class = ProjectSerializer
    filterset_fields = ("id", "name")

    def perform_create(self, serializer: Any) -> None:
        project = services.create_project(actor=self.actor, **serializer.validated_data)
        serializer.instance = self.get_queryset().get(pk=project.pk)

    def perform_update(self, serializer: Any) -> None:
        project = services.update_project(
            actor=self.actor, project=serializer.instance, **serializer.validated_data
        )
        serializer.instance = self.get_queryset().get(pk=project.pk)

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


@extend_schema(parameters=[OpenApiParameter("project_id", int, OpenApiParameter.PATH)])
class InProjectMixin(ActorMixin):
    """Routes below a project; there are none below one that the actor cannot see."""

    keys_allowed = False

    @property
    def project(self) -> Any:
        projects = projects_for(self.actor)
        return get_object_or_404(projects, pk=self.kwargs["project_id"])


class MemberViewSet(
    InProjectMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet,
):
    """Who else is in a project. Members see each other, owners manage them."""

    queryset = members_of(0)
    serializer_class = MemberSerializer
    filterset_fields = ("id", "user", "role")
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Any]:
        return members_of(self.project.pk)

    @extend_schema(request=NewMemberSerializer, responses={201: MemberSerializer})
    def create(self, request: Request, project_id: str) -> Response:
        """Let somebody in who has an account."""
        project = self.project
        given = NewMemberSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        member = membership.add_member(
            actor=self.actor, project=project, **given.validated_data
        )
        return Response(self.get_serializer(member).data, status.HTTP_201_CREATED)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = membership.change_member(
            actor=self.actor, member=serializer.instance, **serializer.validated_data
        )

    def perform_destroy(self, instance: Any) -> None:
        """Remove somebody, or leave."""
        membership.remove_member(actor=self.actor, member=instance)


class ProjectAuditLogViewSet(InProjectMixin, mixins.ListModelMixin, GenericViewSet):
    """Who did what in a project, newest first, for its owners."""

    queryset = entries_of(0)
    serializer_class = AuditEntrySerializer
    filterset_fields = ("kind", "action", "actor")

    def get_queryset(self) -> QuerySet[Any]:
        project = self.project
        services.require_role(self.actor, project, "owner")
        return entries_of(project.pk)
