from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import (
    CreateModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet, ModelViewSet, ReadOnlyModelViewSet

from recotem.core.impact import Refusal
from recotem.core.views import ImpactMixin, OwnedResourceMixin
from recotem.deployment.filters import GateReviewFilterSet
from recotem.deployment.selectors import (
    deployment_slots_for,
    deployments_for,
    gate_reviews_for,
)
from recotem.deployment.serializers import (
    DeploymentSerializer,
    DeploymentSlotSerializer,
    GateLimitsSerializer,
    GateReviewSerializer,
    OverrideSerializer,
)
from recotem.deployment.services import gates, reviews, rollback, slots
from recotem.projects.permissions import HasRole
from recotem.projects.selectors import projects_for


class DeploymentSlotViewSet(ImpactMixin, ModelViewSet):
    """Places in the traffic of projects."""

    selector = deployment_slots_for
    permission_classes = (HasRole,)
    serializer_class = DeploymentSlotSerializer
    filterset_fields = ("project", "is_active")

    def refusals(self, row: Any) -> Iterable[Refusal]:
        return [(row.retraining_schedules.all(), "It deploys to this slot.")]

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = slots.create_slot(
            actor=self.actor, **serializer.validated_data
        )

    def perform_update(self, serializer: BaseSerializer) -> None:
        serializer.instance = slots.update_slot(
            actor=self.actor,
            slot=self.get_object(),
            changes=serializer.validated_data,
        )

    def perform_destroy(self, instance: Any) -> None:
        slots.delete_slot(actor=self.actor, slot=instance)


class DeploymentViewSet(OwnedResourceMixin, ReadOnlyModelViewSet):
    """What slots came to serve: when, by whom and why. Nothing of it ever changes."""

    selector = deployments_for
    permission_classes = (HasRole,)
    serializer_class = DeploymentSerializer
    filterset_fields = ("project", "slot")

    @extend_schema(request=None, responses={201: DeploymentSerializer})
    @action(detail=True, methods=["post"])
    def rollback(self, request: Request, pk: str) -> Response:
        """Let the slot serve this model again; the answer is the new deployment."""
        new = rollback.roll_back(actor=self.actor, deployment=self.get_object())
        row = self.get_queryset().get(pk=new.pk)
        return Response(self.get_serializer(row).data, status.HTTP_201_CREATED)


class GateReviewViewSet(
    OwnedResourceMixin,
    CreateModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    GenericViewSet,
):
    """Candidates compared with what a slot serves. Creating one starts it."""

    selector = gate_reviews_for
    permission_classes = (HasRole,)
    serializer_class = GateReviewSerializer
    filterset_class = GateReviewFilterSet

    def perform_create(self, serializer: BaseSerializer) -> None:
        review = reviews.request_review(actor=self.actor, **serializer.validated_data)
        serializer.instance = self.get_queryset().get(pk=review.pk)

    @extend_schema(request=None, responses={200: GateReviewSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the comparison; 409 when it has ended."""
        reviews.cancel_review(actor=self.actor, review=self.get_object())
        return self._shown()

    @extend_schema(request=OverrideSerializer, responses={200: GateReviewSerializer})
    @action(detail=True, methods=["post"])
    def override(self, request: Request, pk: str) -> Response:
        """Allow the deployment of a candidate that was refused, and say why."""
        review = self.get_object()
        form = OverrideSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        reviews.override_review(actor=self.actor, review=review, **form.validated_data)
        return self._shown()

    @extend_schema(request=None, responses={200: GateReviewSerializer})
    @action(detail=True, methods=["post"])
    def deploy(self, request: Request, pk: str) -> Response:
        """Let the slot serve the candidate; 409 unless it passed or was overridden, and
        when the slot serves another model than the champion by now."""
        reviews.deploy_reviewed(actor=self.actor, review=self.get_object())
        return self._shown()

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class DeploymentGateViewSet(OwnedResourceMixin, GenericViewSet):
    """What each project asks of a candidate."""

    selector = projects_for
    project = "pk"
    permission_classes = (HasRole,)
    serializer_class = GateLimitsSerializer
    filterset_fields = ()

    @extend_schema(responses={200: GateLimitsSerializer})
    @action(detail=True)
    def deployment_gate(self, request: Request, pk: str) -> Response:
        """The limits of the project's gate; each has a default."""
        limits = gates.limits_of(self.get_object().pk)
        return Response(self.get_serializer(limits).data)

    @extend_schema(responses={200: GateLimitsSerializer})
    @deployment_gate.mapping.patch
    def change_deployment_gate(self, request: Request, pk: str) -> Response:
        """Set some of the limits, for reviews from now on."""
        project = self.get_object()
        form = self.get_serializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        limits = gates.set_limits(
            actor=self.actor, project=project, changes=form.validated_data
        )
        return Response(self.get_serializer(limits).data)
