from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.keys.models import ApiKey
from recotem.projects.selectors import projects_for
from recotem_contracts.api_keys import Scope

SCOPES = [(scope.value, scope.value) for scope in Scope]


class ApiKeySerializer(serializers.ModelSerializer):
    """What is known of a key after it was made; never the key."""

    project = OwnedPrimaryKeyField(selector=projects_for, fixed=True)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(SCOPES), allow_empty=False
    )

    class Meta:
        model = ApiKey
        fields = (
            "id",
            "project",
            "name",
            "key_prefix",
            "scopes",
            "is_active",
            "expires_at",
            "last_used_at",
            "ins_datetime",
        )
        read_only_fields = ("key_prefix", "is_active", "last_used_at")
        validators: tuple[object, ...] = ()


class NewApiKeySerializer(ApiKeySerializer):
    """A key just made, with its text for this once."""

    key = serializers.CharField(read_only=True)

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "key")  # type: ignore[assignment]


class StatusSerializer(serializers.Serializer):
    status = serializers.CharField()
