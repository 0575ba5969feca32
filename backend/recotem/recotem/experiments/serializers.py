"""What tests and events look like. Events that come are read by `event_fields`, which
is faster; these say the same to the description of the API.
"""

from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.deployment.selectors import deployment_slots_for
from recotem.experiments.models import ABTest, ConversionEvent
from recotem.experiments.services.events import BATCH_SIZE
from recotem.projects.selectors import projects_for

_LARGEST_SAMPLE = 2**31 - 1


class ABTestSerializer(serializers.ModelSerializer):
    project = OwnedPrimaryKeyField(selector=projects_for, fixed=True)
    control_slot = OwnedPrimaryKeyField(selector=deployment_slots_for)
    variant_slot = OwnedPrimaryKeyField(selector=deployment_slots_for)
    min_sample_size = serializers.IntegerField(
        default=1000,
        min_value=1,
        max_value=_LARGEST_SAMPLE,
        help_text="Users that each arm should have.",
    )
    confidence_level = serializers.FloatField(
        default=0.95, min_value=0.5, max_value=0.99
    )

    class Meta:
        model = ABTest
        fields = (
            "id",
            "project",
            "name",
            "status",
            "control_slot",
            "variant_slot",
            "target_metric_name",
            "min_sample_size",
            "confidence_level",
            "started_at",
            "ended_at",
            "winner_slot",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = ("status", "started_at", "ended_at", "winner_slot")
        validators: tuple[object, ...] = ()


class DayOfTestSerializer(serializers.Serializer):
    """Users who saw something for the first time on this UTC day."""

    day = serializers.DateField()
    control_impressions = serializers.IntegerField()
    control_conversions = serializers.IntegerField()
    variant_impressions = serializers.IntegerField()
    variant_conversions = serializers.IntegerField()


class ResultsSerializer(serializers.Serializer):
    """Counts are of users, not of events."""

    control_impressions = serializers.IntegerField(
        help_text="Users who saw something in this arm while the test ran."
    )
    control_conversions = serializers.IntegerField(
        help_text="Of these, the users who converted, however often."
    )
    control_rate = serializers.FloatField()
    variant_impressions = serializers.IntegerField()
    variant_conversions = serializers.IntegerField()
    variant_rate = serializers.FloatField()
    z_score = serializers.FloatField()
    p_value = serializers.FloatField()
    significant = serializers.BooleanField()
    lift = serializers.FloatField(
        allow_null=True,
        help_text="Percent of the control's rate; null while that is zero.",
    )
    confidence_interval = serializers.ListField(
        child=serializers.FloatField(),
        min_length=2,
        max_length=2,
        help_text="Of the difference of the rates, at the level of the test.",
    )
    min_sample_size = serializers.IntegerField()
    sufficient_data = serializers.BooleanField(
        help_text="Whether each arm has its minimum of users."
    )
    days = DayOfTestSerializer(many=True)


class PromotionSerializer(serializers.Serializer):
    slot_id = serializers.IntegerField(help_text="One of the two slots of the test.")


class PromotedSerializer(serializers.Serializer):
    status = serializers.CharField(help_text="promoted")
    winner_slot_id = serializers.IntegerField()


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
