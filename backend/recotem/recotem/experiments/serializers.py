"""What tests and events look like. Events that come are read by `event_fields`, which
is faster; these say the same to the description of the API.
"""

from typing import Any

from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.deployment.selectors import deployment_slots_for
from recotem.experiments import guardrails
from recotem.experiments.analysis.verdicts import State
from recotem.experiments.event_fields import LARGEST_KEY
from recotem.experiments.models import ABTest, ConversionEvent
from recotem.experiments.results import RATIO_NAMES
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
    attribution = serializers.ChoiceField(
        ABTest.Attribution.choices,
        default=ABTest.Attribution.USER,
        help_text="`user`: a click or purchase counts for an arm that showed its user "
        "something. `request`: only if it names the request that did.",
    )
    attribution_hours = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=8760,
        help_text="So long after it was shown at most; null while the test runs.",
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
            "variant_share",
            "attribution",
            "attribution_hours",
            "started_at",
            "ended_at",
            "winner_slot",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = (
            "status",
            "variant_share",
            "started_at",
            "ended_at",
            "winner_slot",
        )
        validators: tuple[object, ...] = ()


class IntervalField(serializers.ListField):
    """Both ends of an interval."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            child=serializers.FloatField(), min_length=2, max_length=2, **options
        )


_LIFT = "Percent of the control's rate; null while that could be anything."


class DayOfTestSerializer(serializers.Serializer):
    """Users who saw something for the first time on this UTC day, and what is known of
    all who came until then."""

    day = serializers.DateField()
    control_impressions = serializers.IntegerField()
    control_conversions = serializers.IntegerField()
    variant_impressions = serializers.IntegerField()
    variant_conversions = serializers.IntegerField()
    control_rate = serializers.FloatField(help_text="Until the end of the day.")
    variant_rate = serializers.FloatField(help_text="Until the end of the day.")
    difference = IntervalField(help_text="Of the rates, valid at any time.")
    lift = IntervalField(allow_null=True, help_text=_LIFT)


class AnyTimeSerializer(serializers.Serializer):
    """What may be read as often as one likes, at the level of the test."""

    p_value = serializers.FloatField()
    significant = serializers.BooleanField()
    difference = IntervalField(help_text="Where the difference of the rates lies.")
    lift = IntervalField(allow_null=True, help_text=_LIFT)


class ABTestVerdictSerializer(serializers.Serializer):
    state = serializers.ChoiceField([(state.value, state.name) for state in State])
    sentence = serializers.CharField()
    days_left = serializers.IntegerField(
        allow_null=True, help_text="At the pace of the last days."
    )


class SplitSerializer(serializers.Serializer):
    """Whether users are split as the slots' weights say."""

    planned_share = serializers.FloatField(help_text="Of the variant.")
    share = serializers.FloatField()
    p_value = serializers.FloatField(help_text="Valid at any time.")
    is_broken = serializers.BooleanField()


class AssignmentSerializer(serializers.Serializer):
    """Whether users met the slot that they are assigned to, in a sample of both."""

    users = serializers.IntegerField(help_text="That were checked.")
    elsewhere = serializers.IntegerField(help_text="That belong to the other slot.")
    is_broken = serializers.BooleanField()


class RatioSerializer(serializers.Serializer):
    """A metric per event; its interval counts users nevertheless."""

    name = serializers.ChoiceField(RATIO_NAMES)
    control = serializers.FloatField(allow_null=True)
    variant = serializers.FloatField(allow_null=True)
    lift = IntervalField(
        allow_null=True, help_text="Percent of the control's, valid at any time."
    )


class GuardrailSerializer(serializers.Serializer):
    """What a test should not spoil; null where nothing was recorded (see
    `project.exposure_sampling`)."""

    name = serializers.ChoiceField(guardrails.NAMES)
    control = serializers.FloatField(allow_null=True)
    variant = serializers.FloatField(allow_null=True)
    control_interval = IntervalField(allow_null=True)
    variant_interval = IntervalField(allow_null=True)
    control_item_share = serializers.FloatField(
        allow_null=True,
        help_text="Coverage as a share of the items that the model of the control has; "
        "null where that is not known.",
    )
    variant_item_share = serializers.FloatField(
        allow_null=True, help_text="The same of the variant."
    )
    shown_items = serializers.IntegerField(
        allow_null=True,
        help_text="Coverage counts different items among so many shown ones.",
    )


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
    p_value = serializers.FloatField(
        help_text="Of the z-test: right for those who look once, at the end. Whoever "
        "looks more often reads `any_time`."
    )
    significant = serializers.BooleanField(help_text="By the z-test.")
    lift = serializers.FloatField(
        allow_null=True,
        help_text="Percent of the control's rate; null while that is zero.",
    )
    confidence_interval = IntervalField(
        help_text="Of the difference of the rates, for those who look once."
    )
    min_sample_size = serializers.IntegerField()
    sufficient_data = serializers.BooleanField(
        help_text="Whether each arm has its minimum of users."
    )
    any_time = AnyTimeSerializer()
    verdict = ABTestVerdictSerializer()
    split = SplitSerializer(
        allow_null=True, help_text="Null until it is started and somebody comes."
    )
    assignment = AssignmentSerializer(
        allow_null=True, help_text="Null until it is started."
    )
    ratios = RatioSerializer(many=True)
    guardrails = GuardrailSerializer(many=True)
    days = DayOfTestSerializer(many=True)


class PlanQuerySerializer(serializers.Serializer):
    control_slot = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    variant_slot = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    target_metric_name = serializers.ChoiceField(
        ABTest.Metric.choices, default=ABTest.Metric.CTR
    )
    lift = serializers.FloatField(
        default=5.0,
        min_value=0.1,
        max_value=1000,
        help_text="What is to be found, in percent of the rate.",
    )
    confidence_level = serializers.FloatField(
        default=0.95, min_value=0.5, max_value=0.99
    )
    power = serializers.FloatField(
        default=0.8,
        min_value=0.5,
        max_value=0.99,
        help_text="With which probability it is to be found, if it is there.",
    )
    rate = serializers.FloatField(
        default=None,
        min_value=0.0001,
        max_value=0.99,
        help_text="Of the control; that of the newest events if it is left out.",
    )


class PlanSerializer(serializers.Serializer):
    rate = serializers.FloatField(
        allow_null=True, help_text="Null while nobody has converted."
    )
    days_of_history = serializers.IntegerField()
    users_per_day = serializers.FloatField(
        allow_null=True, help_text="New ones that the smaller arm may expect."
    )
    users = serializers.IntegerField(
        allow_null=True,
        help_text="In each arm, when one looks every day and stops when it is clear.",
    )
    users_looking_once = serializers.IntegerField(
        allow_null=True, help_text="In each arm, by a z-test that is read at the end."
    )
    days = serializers.IntegerField(allow_null=True)


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


class TrafficQuerySerializer(serializers.Serializer):
    days = serializers.IntegerField(
        default=28, min_value=1, max_value=90, help_text="UTC days up to today."
    )


class TrafficDaySerializer(serializers.Serializer):
    """Events of one slot on one UTC day, and recorded requests."""

    day = serializers.DateField()
    slot = serializers.IntegerField(source="slot_id")
    slot_name = serializers.CharField(source="slot.name")
    impressions = serializers.IntegerField()
    clicks = serializers.IntegerField()
    purchases = serializers.IntegerField()
    requests = serializers.IntegerField(
        help_text="Requests for a recommendation, as far as the project records them."
    )
    unknown_users = serializers.IntegerField(
        help_text="Of the requests those for users whom the model does not know."
    )


class TrafficSerializer(serializers.Serializer):
    days = TrafficDaySerializer(many=True)


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
