from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.deployment.models import Deployment, DeploymentSlot, GateReview
from recotem.deployment.selectors import deployment_slots_for
from recotem.jobs.serializers import OfJob
from recotem.projects.selectors import projects_for
from recotem.training.selectors import trained_models_for
from recotem_engine.evaluation import METRICS
from recotem_engine.gate import WHEN_UNSURE

_LARGEST = 2**31 - 1
_LARGEST_SIZE = 2**53
_SMALLEST = 0.01
#: With the labels that they have elsewhere, so that they are described as the same.
_METRICS = [(name, name.title()) for name in METRICS]
VERDICTS = ("passed", "overridden")


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


class DeploymentSerializer(serializers.ModelSerializer):
    """A change of what a slot serves, as it was then. Slot, models and data may have
    gone since; their ids and names stay."""

    slot = serializers.IntegerField(source="slot_id", read_only=True)
    trained_model = serializers.IntegerField(source="trained_model_id", read_only=True)
    former_model = serializers.IntegerField(
        source="former_model_id",
        read_only=True,
        allow_null=True,
        help_text="What the slot served before; after a test what the loser served.",
    )
    verdict = serializers.SerializerMethodField(
        help_text="Of the review that stands behind it; null without one."
    )
    can_roll_back = serializers.SerializerMethodField(
        help_text="Whether slot and model are there, and the slot serves another one."
    )

    class Meta:
        model = Deployment
        fields = (
            "id",
            "project",
            "slot",
            "slot_name",
            "trained_model",
            "algorithm",
            "data",
            "data_name",
            "data_version",
            "former_model",
            "reason",
            "review",
            "verdict",
            "actor",
            "actor_name",
            "key",
            "can_roll_back",
            "ins_datetime",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(VERDICTS, allow_null=True))
    def get_verdict(self, row: Deployment) -> str | None:
        if row.review is None:
            return None
        return "passed" if row.review.passed else "overridden"

    def get_can_roll_back(self, row: Deployment) -> bool:
        slot, model = row.slot, row.trained_model
        if slot is None or model is None:
            return False
        return bool(model.is_usable and slot.trained_model_id != model.pk)


class GateLimitsSerializer(serializers.Serializer):
    """What a candidate has to keep to. Ratios are candidate to champion."""

    largest_loss = serializers.FloatField(
        min_value=0,
        max_value=1,
        help_text="Of the target metric, in parts of the champion's; the whole "
        "interval of the difference has to be better than that.",
    )
    smallest_n_users = serializers.IntegerField(
        min_value=1,
        max_value=_LARGEST,
        help_text="With fewer users to ask nothing passes.",
    )
    when_unsure = serializers.ChoiceField(
        WHEN_UNSURE,
        help_text="What happens to a candidate of whom the interval does not tell "
        "whether the loss is tolerated; pass then goes by the difference as measured.",
    )
    lowest_coverage_ratio = serializers.FloatField(
        min_value=0, max_value=1, help_text="Of the items that somebody is shown."
    )
    largest_changed_share = serializers.FloatField(
        min_value=0,
        max_value=1,
        help_text="Of users with fewer than half of their ten items in common.",
    )
    largest_latency_ratio = serializers.FloatField(
        min_value=_SMALLEST, max_value=_LARGEST
    )
    harmless_latency_ms = serializers.FloatField(
        min_value=0, max_value=_LARGEST, help_text="Up to it the ratio is not asked."
    )
    largest_size_ratio = serializers.FloatField(min_value=_SMALLEST, max_value=_LARGEST)
    harmless_n_bytes = serializers.IntegerField(
        min_value=0,
        max_value=_LARGEST_SIZE,
        help_text="Of the model file; up to it the ratio is not asked.",
    )


class IntervalField(serializers.ListField):
    """[low, high] with the true value in it at the level of the comparison."""

    def __init__(self, **options: Any) -> None:
        options |= {"min_length": 2, "max_length": 2, "allow_null": True}
        super().__init__(child=serializers.FloatField(), **options)


class StandingSerializer(serializers.Serializer):
    """How one of the two did; null where there was nobody to ask."""

    algorithm = serializers.CharField()
    metrics = serializers.DictField(child=serializers.FloatField())
    coverage = serializers.FloatField(
        allow_null=True, help_text="Share of all items that somebody is shown."
    )
    latency_ms = serializers.FloatField(
        allow_null=True, help_text="Median time to recommend ten items to one user."
    )
    n_bytes = serializers.IntegerField(allow_null=True)


class ComparisonSerializer(serializers.Serializer):
    """Candidate against champion, both fitted without the newest interactions and asked
    for the same users. Ratios are candidate to champion; null where there is none."""

    target_metric = serializers.ChoiceField(_METRICS)
    cutoff = serializers.IntegerField()
    n_users = serializers.IntegerField(help_text="Whose answers were compared.")
    n_unknown_users = serializers.IntegerField(
        help_text="Of these, those whom the champion does not know."
    )
    candidate = StandingSerializer()
    champion = StandingSerializer()
    level = serializers.FloatField(help_text="Of the intervals.")
    difference = serializers.FloatField(allow_null=True)
    interval = IntervalField()
    relative_difference = serializers.FloatField(
        allow_null=True, help_text="In parts of the champion's target metric."
    )
    relative_interval = IntervalField()
    changed_share = serializers.FloatField(
        allow_null=True,
        help_text="Of users with fewer than half of their ten items in common.",
    )
    coverage_ratio = serializers.FloatField(allow_null=True)
    latency_ratio = serializers.FloatField(allow_null=True)
    size_ratio = serializers.FloatField(allow_null=True)


class CheckSerializer(serializers.Serializer):
    """One limit, what was found, and what that means."""

    name = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    limit = serializers.FloatField()
    passed = serializers.BooleanField()
    sentence = serializers.CharField()


class GateReviewSerializer(OfJob, serializers.ModelSerializer):
    """`trained_model` is the candidate, `champion` what the slot served when the review
    began. Slot and models may have gone since; what was found stays."""

    project = OwnedPrimaryKeyField(selector=projects_for)
    slot = OwnedPrimaryKeyField(selector=deployment_slots_for)
    trained_model = OwnedPrimaryKeyField(selector=trained_models_for)
    champion = serializers.IntegerField(source="champion_id", read_only=True)
    target_metric = serializers.ChoiceField(_METRICS, read_only=True)
    limits = GateLimitsSerializer(read_only=True)
    comparison = ComparisonSerializer(read_only=True, allow_null=True)
    checks = CheckSerializer(many=True, read_only=True)
    deployment = serializers.SerializerMethodField(
        help_text="The deployment that came of it, if any."
    )

    class Meta:
        model = GateReview
        fields = (
            "id",
            "project",
            "slot",
            "trained_model",
            "champion",
            "status",
            "error",
            "target_metric",
            "cutoff",
            "limits",
            "comparison",
            "passed",
            "checks",
            "override_reason",
            "overridden_by",
            "overridden_at",
            "deployment",
            "started_at",
            "ended_at",
            "task_links",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = (
            "cutoff",
            "passed",
            "override_reason",
            "overridden_by",
            "overridden_at",
        )

    def get_deployment(self, row: GateReview) -> int | None:
        deployment = getattr(row, "deployment", None)
        return deployment and deployment.pk


class OverrideSerializer(serializers.Serializer):
    reason = serializers.CharField(
        max_length=2000, help_text="Why the model may serve in spite of the refusal."
    )
