from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import (
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from recotem.core.views import OwnedResourceMixin
from recotem.experiments.selectors import conversion_events_for
from recotem.experiments.serializers import (
    ConversionEventSerializer,
    CreatedEventsSerializer,
    EventBatchSerializer,
    EventExportSerializer,
    ExportedEventsSerializer,
)
from recotem.experiments.services.events import record_event, record_events
from recotem.experiments.services.export import events_to_training_data
from recotem.projects.permissions import HasRole
from recotem.projects.selectors import projects_for


class ConversionEventViewSet(
    OwnedResourceMixin,
    ListModelMixin,
    RetrieveModelMixin,
    DestroyModelMixin,
    GenericViewSet,
):
    """What people saw, clicked and bought. Events cannot be edited."""

    selector = conversion_events_for
    permission_classes = (HasRole,)
    serializer_class = ConversionEventSerializer
    filterset_fields = ("project", "deployment_slot", "event_type")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who predicts may add events, and not take any away."""
        self.write_scope = "write" if self.action == "destroy" else "predict"
        super().initial(request, *args, **kwargs)

    @extend_schema(responses={201: ConversionEventSerializer})
    def create(self, request: Request) -> Response:
        """Add an event. One that came before is answered with its row."""
        event = record_event(actor=self.actor, sent=request.data)
        return Response(self.get_serializer(event).data, status.HTTP_201_CREATED)

    @extend_schema(
        request=EventBatchSerializer, responses={201: CreatedEventsSerializer}
    )
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        """Add up to 1000 events, all or none; those that came before count once."""
        created = record_events(actor=self.actor, sent=request.data)
        return Response({"created": created}, status.HTTP_201_CREATED)


class EventExportViewSet(OwnedResourceMixin, GenericViewSet):
    """What a project's events can be made into."""

    selector = projects_for
    project = "pk"
    permission_classes = (HasRole,)
    serializer_class = EventExportSerializer
    filterset_fields = ()

    @extend_schema(
        request=EventExportSerializer, responses={201: ExportedEventsSerializer}
    )
    @action(detail=True, methods=["post"])
    def events_to_training_data(self, request: Request, pk: str) -> Response:
        """Make training data of the project's events."""
        project = self.get_object()
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = events_to_training_data(
            actor=self.actor, project=project, **form.validated_data
        )
        return Response(ExportedEventsSerializer(data).data, status.HTTP_201_CREATED)
