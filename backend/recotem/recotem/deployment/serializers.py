from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.deployment.models import DeploymentSlot
from recotem.projects.selectors import projects_for
from recotem.training.selectors import trained_models_for


class DeploymentSlotSerializer(serializers.ModelSerializer):
    project = OwnedPrimaryKeyField(selector=projects_for, fixed=True)
    trained_model = OwnedPrimaryKeyField(selector=trained_models_for)
    weight = serializers.IntegerField(default=100, min_value=0, max_value=100)

    class Meta:
        model = DeploymentSlot
        fields = (
            "id",
            "project",
            "name",
            "trained_model",
            "weight",
            "is_active",
            "ins_datetime",
            "updated_at",
        )
        validators: tuple[object, ...] = ()
