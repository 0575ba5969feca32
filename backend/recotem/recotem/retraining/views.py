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
from recotem.retraining.selectors import (
    retraining_runs_for,
    retraining_schedules_for,
    webhook_deliveries_for,
    webhooks_for,
)
from recotem.retraining.serializers import (
    NewWebhookSerializer,
    RetrainingRunSerializer,
    RetrainingScheduleSerializer,
    SecretSerializer,
    TriggeredSerializer,
    WebhookDeliverySerializer,
    WebhookSerializer,
)
from recotem.retraining.services import runs, schedules, webhooks


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


class WebhookViewSet(ImpactMixin, ModelViewSet):
    """Addresses that are told what became of runs, for editors.

    No key is accepted here: no program has the server call other addresses.
    """

    selector = webhooks_for
    permission_classes = (HasRole,)
    serializer_class = WebhookSerializer
    filterset_fields = ("id", "project", "is_active")
    keys_allowed = False

    @extend_schema(request=WebhookSerializer, responses={201: NewWebhookSerializer})
    def create(self, request: Request) -> Response:
        """Make a webhook. Its secret is in this answer and in no later one."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        row, secret = webhooks.create_webhook(actor=self.actor, **given.validated_data)
        body = {**self.get_serializer(row).data, "secret": secret}
        return Response(body, status=status.HTTP_201_CREATED)

    def perform_update(self, serializer: BaseSerializer) -> None:
        serializer.instance = webhooks.update_webhook(
            actor=self.actor,
            webhook=self.get_object(),
            changes=serializer.validated_data,
        )

    def perform_destroy(self, instance: Any) -> None:
        webhooks.delete_webhook(actor=self.actor, webhook=instance)

    @extend_schema(request=None, responses={200: SecretSerializer})
    @action(detail=True, methods=["post"])
    def rotate_secret(self, request: Request, pk: str) -> Response:
        """Another secret, in this answer only; the one before signs for a day more."""
        row = self.get_object()
        secret = webhooks.rotate_secret(actor=self.actor, webhook=row)
        return Response({"secret": secret})

    @extend_schema(request=None, responses={202: WebhookDeliverySerializer})
    @action(detail=True, methods=["post"])
    def ping(self, request: Request, pk: str) -> Response:
        """Tell it something for a trial; the delivery says what became of that."""
        delivery = webhooks.ping(actor=self.actor, webhook=self.get_object())
        body = WebhookDeliverySerializer(delivery).data
        return Response(body, status=status.HTTP_202_ACCEPTED)


class WebhookDeliveryViewSet(OwnedResourceMixin, ReadOnlyModelViewSet):
    """What webhooks were told and whether it arrived, the newest first."""

    selector = webhook_deliveries_for
    serializer_class = WebhookDeliverySerializer
    filterset_fields = ("webhook", "run", "status")
    keys_allowed = False
