from rest_framework import serializers

from recotem.core.models import AuditEntry


class AuditEntrySerializer(serializers.ModelSerializer):
    """One change: who made it, to what, and the values that it changed."""

    before = serializers.DictField(read_only=True, allow_null=True)
    after = serializers.DictField(read_only=True, allow_null=True)

    class Meta:
        model = AuditEntry
        fields = (
            "id",
            "actor",
            "actor_name",
            "key",
            "project",
            "action",
            "kind",
            "subject",
            "name",
            "before",
            "after",
            "ins_datetime",
        )
        read_only_fields = fields
