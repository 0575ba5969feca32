from rest_framework import serializers


class BlockerSerializer(serializers.Serializer):
    """A row for whose sake a DELETE would be refused."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    reason = serializers.CharField(help_text="One sentence for people.")


class ImpactSerializer(serializers.Serializer):
    """What a DELETE would take along, the row itself included."""

    deletes = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="How many rows of each kind; kinds without any are left out.",
    )
    blocked_by = BlockerSerializer(
        many=True, help_text="The first twenty for each reason."
    )
    frees_bytes = serializers.IntegerField(
        help_text="Of uploaded and model files, without the copies made from them."
    )
