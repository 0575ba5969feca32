from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet, ReadOnlyModelViewSet

from recotem.core.views import ImpactMixin, OwnedResourceMixin
from recotem.projects.permissions import HasRole
from recotem.retraining.selectors import retraining_runs_for, retraining_schedules_for
from recotem.retraining.serializers import (
    RetrainingRunSerializer,
    RetrainingScheduleSerializer,
    TriggeredSerializer,
)
from recotem.retraining.services import runs, schedules


class RetrainingScheduleViewSet(ImpactMixin, ModelViewSet):
    """When and how projects' models are made anew; one for each project."""

    selector = retraining_schedules_for
    permission_classes = (HasRole,)
    serializer_class = RetrainingScheduleSerializer
    filterset_fields = ("id", "project", "is_enabled")

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = schedules.create_schedule(
            actor=self.actor, **serializer.validated_data
        )

    def perform_update(self, serializer: BaseSerializer) -> None:
        serializer.instance = schedules.update_schedule(
            actor=self.actor,
            schedule=self.get_object(),
            changes=serializer.validated_data,
        )

    def perform_destroy(self, instance: Any) -> None:
        schedules.delete_schedule(actor=self.actor, schedule=instance)

    @extend_schema(request=None, responses={202: TriggeredSerializer})
    @action(detail=True, methods=["post"])
    def trigger(self, request: Request, pk: str) -> Response:
        """Run now; 409 with the reason when it cannot."""
        run = runs.trigger(actor=self.actor, schedule=self.get_object())
        answer = {"status": "triggered", "run": run.pk}
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class RetrainingRunViewSet(OwnedResourceMixin, ReadOnlyModelViewSet):
    """What became of each firing, the newest first."""

    selector = retraining_runs_for
    serializer_class = RetrainingRunSerializer
    filterset_fields = ("schedule", "status")
