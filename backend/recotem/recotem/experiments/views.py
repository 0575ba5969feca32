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
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from recotem.core.views import ImpactMixin, OwnedResourceMixin
from recotem.experiments.parsers import EventBatchParser
from recotem.experiments.plans import Wish, plan_of
from recotem.experiments.results import results_of
from recotem.experiments.selectors import (
    ab_tests_for,
    conversion_events_for,
    traffic_of,
)
from recotem.experiments.serializers import (
    ABTestSerializer,
    ConversionEventSerializer,
    CreatedEventsSerializer,
    EventBatchSerializer,
    EventExportSerializer,
    ExportedEventsSerializer,
    PlanQuerySerializer,
    PlanSerializer,
    PromotedSerializer,
    PromotionSerializer,
    ResultsSerializer,
    TrafficQuerySerializer,
    TrafficSerializer,
)
from recotem.experiments.services import ab_tests
from recotem.experiments.services.events import (
    delete_event,
    record_event,
    record_events,
)
from recotem.experiments.services.export import events_to_training_data
from recotem.projects.permissions import HasRole
from recotem.projects.selectors import projects_for


class ABTestViewSet(ImpactMixin, ModelViewSet):
    """Comparisons of two slots on live traffic."""

    selector = ab_tests_for
    permission_classes = (HasRole,)
    serializer_class = ABTestSerializer
    filterset_fields = ("project", "status")

    def perform_create(self, serializer: BaseSerializer) -> None:
        values = serializer.validated_data
        serializer.instance = ab_tests.create_test(actor=self.actor, **values)

    def perform_update(self, serializer: BaseSerializer) -> None:
        serializer.instance = ab_tests.update_test(
            actor=self.actor, test=self.get_object(), **serializer.validated_data
        )

    def perform_destroy(self, instance: Any) -> None:
        ab_tests.delete_test(actor=self.actor, test=instance)

    @extend_schema(request=None, responses={200: ABTestSerializer})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Count from now on. The test and its slots stay as they are until it ends."""
        test = ab_tests.start_test(actor=self.actor, test=self.get_object())
        return Response(self.get_serializer(test).data)

    @extend_schema(request=None, responses={200: ABTestSerializer})
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """End the test; its results stay."""
        test = ab_tests.stop_test(actor=self.actor, test=self.get_object())
        return Response(self.get_serializer(test).data)

    @extend_schema(request=None, responses={200: ABTestSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End the test, or give up the draft, without a winner."""
        test = ab_tests.cancel_test(actor=self.actor, test=self.get_object())
        return Response(self.get_serializer(test).data)

    @extend_schema(responses={200: ResultsSerializer})
    @action(detail=True, filter_backends=())
    def results(self, request: Request, pk: str) -> Response:
        """What the test has found so far."""
        return Response(ResultsSerializer(results_of(self.get_object())).data)

    @extend_schema(request=PromotionSerializer, responses={200: PromotedSerializer})
    @action(detail=True, methods=["post"])
    def promote_winner(self, request: Request, pk: str) -> Response:
        """Give the traffic of both slots to one of them; the other one ends."""
        test = self.get_object()
        form = PromotionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        winner = ab_tests.promote_winner(
            actor=self.actor, test=test, **form.validated_data
        ).winner_slot_id
        return Response({"status": "promoted", "winner_slot_id": winner})


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
    filterset_fields = (
        "project",
        "deployment_slot",
        "event_type",
        "recommendation_request_id",
    )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who predicts may add events, and not take any away."""
        self.write_scope = "write" if self.action == "destroy" else "predict"
        super().initial(request, *args, **kwargs)

    def perform_destroy(self, instance: Any) -> None:
        delete_event(actor=self.actor, event=instance)

    @extend_schema(responses={201: ConversionEventSerializer})
    def create(self, request: Request) -> Response:
        """Add an event. One that came before is answered with its row."""
        event = record_event(actor=self.actor, sent=request.data)
        return Response(self.get_serializer(event).data, status.HTTP_201_CREATED)

    @extend_schema(
        request=EventBatchSerializer, responses={201: CreatedEventsSerializer}
    )
    @action(detail=False, methods=["post"], parser_classes=[EventBatchParser])
    def batch(self, request: Request) -> Response:
        """Add up to 1000 events, all or none; those that came before count once."""
        created = record_events(actor=self.actor, sent=request.data)
        return Response({"created": created}, status.HTTP_201_CREATED)


class ABTestPlanViewSet(OwnedResourceMixin, GenericViewSet):
    """What a test of a project would take."""

    selector = projects_for
    project = "pk"
    permission_classes = (HasRole,)
    serializer_class = PlanSerializer
    filterset_fields = ()

    @extend_schema(parameters=[PlanQuerySerializer], responses={200: PlanSerializer})
    @action(detail=True, filter_backends=(), pagination_class=None)
    def ab_test_plan(self, request: Request, pk: str) -> Response:
        """How many users and days it takes to find a difference of this size."""
        project, asked = self.get_object(), self.asked(PlanQuerySerializer)
        return Response(PlanSerializer(plan_of(project, Wish(**asked))).data)


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


class TrafficViewSet(OwnedResourceMixin, GenericViewSet):
    """What a project's slots showed and earned."""

    selector = projects_for
    project = "pk"
    permission_classes = (HasRole,)
    serializer_class = TrafficSerializer
    filterset_fields = ()

    @extend_schema(
        parameters=[TrafficQuerySerializer], responses={200: TrafficSerializer}
    )
    @action(detail=True)
    def traffic(self, request: Request, pk: str) -> Response:
        """Events and recorded requests by day and slot, without days that had none."""
        project = self.get_object()
        days = traffic_of(project, **self.asked(TrafficQuerySerializer))
        return Response(self.get_serializer({"days": days}).data)
