"""What events look like. Those that come are read by `event_fields`, which is faster;
these say the same to the description of the API.
"""

from rest_framework import serializers

from recotem.experiments.models import ConversionEvent
from recotem.experiments.services.events import BATCH_SIZE


class ConversionEventSerializer(serializers.ModelSerializer):
    item_id = serializers.CharField(default="", max_length=256, allow_blank=True)
    metadata_json = serializers.DictField(
        required=False, help_text="At most 4096 characters of JSON."
    )

    class Meta:
        model = ConversionEvent
        fields = (
            "id",
            "project",
            "deployment_slot",
            "user_id",
            "item_id",
            "event_type",
            "recommendation_request_id",
            "metadata_json",
            "timestamp",
        )
        validators: tuple[object, ...] = ()


class EventBatchSerializer(serializers.Serializer):
    events = serializers.ListField(
        child=ConversionEventSerializer(), max_length=BATCH_SIZE
    )


class CreatedEventsSerializer(serializers.Serializer):
    created = serializers.IntegerField(
        help_text="How many of the events were not there before."
    )


class EventExportSerializer(serializers.Serializer):
    event_types = serializers.ListField(
        child=serializers.ChoiceField(ConversionEvent.EventType.choices),
        default=["click", "purchase"],
        allow_empty=False,
    )
    since = serializers.DateTimeField(default=None, allow_null=True)


class ExportedEventsSerializer(serializers.Serializer):
    """The training data that came of it."""

    id = serializers.IntegerField()
    project = serializers.IntegerField(source="project_id")
    basename = serializers.CharField()
    n_rows = serializers.IntegerField()
    n_users = serializers.IntegerField()
    n_items = serializers.IntegerField()
