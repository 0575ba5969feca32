from rest_framework import serializers

from recotem.core.models import AuditEntry


class AuditEntrySerializer(serializers.ModelSerializer):
    """One change: who made it, to what, and the values that it changed."""

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
