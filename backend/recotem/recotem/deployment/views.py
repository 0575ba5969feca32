from typing import Any

from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from recotem.core.views import ImpactMixin
from recotem.deployment import services
from recotem.deployment.selectors import deployment_slots_for
from recotem.deployment.serializers import DeploymentSlotSerializer
from recotem.projects.permissions import HasRole


class DeploymentSlotViewSet(ImpactMixin, ModelViewSet):
    """Places in the traffic of projects."""

    selector = deployment_slots_for
    permission_classes = (HasRole,)
    serializer_class = DeploymentSlotSerializer
    filterset_fields = ("project", "is_active")

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = services.create_slot(
            actor=self.actor, **serializer.validated_data
        )

    def perform_update(self, serializer: BaseSerializer) -> None:
        serializer.instance = services.update_slot(
            actor=self.actor,
            slot=self.get_object(),
            changes=serializer.validated_data,
        )

    def perform_destroy(self, instance: Any) -> None:
        services.delete_slot(actor=self.actor, slot=instance)
