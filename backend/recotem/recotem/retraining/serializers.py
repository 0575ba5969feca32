from datetime import UTC, datetime

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.datasets.selectors import training_data_for
from recotem.deployment.selectors import deployment_slots_for
from recotem.projects.selectors import projects_for
from recotem.retraining.addresses import Refused, check_url
from recotem.retraining.models import (
    DeliveryStatus,
    RetrainingRun,
    RetrainingSchedule,
    RunStatus,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from recotem.retraining.timing import NeverFires, in_words, is_zone, next_run, next_runs
from recotem.training.selectors import model_configurations_for
from recotem.tuning.selectors import evaluation_configs_for, split_configs_for

_OPTIONAL = {"required": False, "allow_null": True}
_SHOWN_RUNS = 5
#: What a webhook can ask for.
EVENTS = [choice for choice in WebhookEvent.choices if choice[0] != WebhookEvent.PING]


class RetrainingScheduleSerializer(serializers.ModelSerializer):
    """`cron_in_words` and `next_runs` tell what the expression means in its zone."""

    project = OwnedPrimaryKeyField(selector=projects_for, fixed=True)
    training_data = OwnedPrimaryKeyField(selector=training_data_for, **_OPTIONAL)
    model_configuration = OwnedPrimaryKeyField(
        selector=model_configurations_for, **_OPTIONAL
    )
    split_config = OwnedPrimaryKeyField(selector=split_configs_for, **_OPTIONAL)
    evaluation_config = OwnedPrimaryKeyField(
        selector=evaluation_configs_for, **_OPTIONAL
    )
    deployment_slot = OwnedPrimaryKeyField(
        selector=deployment_slots_for,
        help_text="Where new models go; without one, to the only active slot.",
        **_OPTIONAL,
    )
    last_run_status = serializers.SerializerMethodField()
    cron_in_words = serializers.SerializerMethodField()
    next_runs = serializers.SerializerMethodField()

    class Meta:
        model = RetrainingSchedule
        fields = (
            "id",
            "project",
            "is_enabled",
            "cron_expression",
            "cron_in_words",
            "time_zone",
            "training_data",
            "model_configuration",
            "retune",
            "split_config",
            "evaluation_config",
            "max_retries",
            "notify_on_failure",
            "auto_deploy",
            "deployment_slot",
            "last_run_at",
            "last_run_status",
            "next_run_at",
            "next_runs",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = ("last_run_at", "next_run_at")
        extra_kwargs = {
            "max_retries": {"min_value": 0, "max_value": 20},
            "auto_deploy": {
                "help_text": "Let a new model take the place of the one that is "
                "served, if it passes the gate of the project."
            },
        }
        validators: tuple[object, ...] = ()

    def validate_cron_expression(self, value: str) -> str:
        try:
            next_run(value, "UTC", datetime.now(UTC))
        except NeverFires as error:
            raise serializers.ValidationError(str(error)) from error
        return " ".join(value.split())

    def validate_time_zone(self, value: str) -> str:
        if not is_zone(value):
            raise serializers.ValidationError("is not a time zone like Europe/Berlin")
        return value

    @extend_schema_field(serializers.ChoiceField(RunStatus.choices, allow_null=True))
    def get_last_run_status(self, row: RetrainingSchedule) -> str | None:
        return row.last_run_status or None

    def get_cron_in_words(self, row: RetrainingSchedule) -> str:
        return in_words(row.cron_expression)

    def get_next_runs(self, row: RetrainingSchedule) -> list[datetime]:
        now = timezone.now()
        return next_runs(row.cron_expression, row.time_zone, now, _SHOWN_RUNS)


class RetrainingRunSerializer(serializers.ModelSerializer):
    deployment_status = serializers.SerializerMethodField(
        help_text="What becomes of its model; null where it is not to be deployed."
    )

    class Meta:
        model = RetrainingRun
        fields = (
            "id",
            "schedule",
            "status",
            "is_manual",
            "trained_model",
            "tuning_job",
            "error_message",
            "data_rows_at_trigger",
            "attempt",
            "next_attempt_at",
            "ins_datetime",
            "updated_at",
            "completed_at",
            "gate_review",
            "deployment_status",
            "deployment_message",
        )
        read_only_fields = fields

    @extend_schema_field(
        serializers.ChoiceField(RetrainingRun.DeploymentStatus.choices, allow_null=True)
    )
    def get_deployment_status(self, row: RetrainingRun) -> str | None:
        return row.deployment_status or None


class TriggeredSerializer(serializers.Serializer):
    status = serializers.ChoiceField(["triggered"])
    run = serializers.IntegerField()


class WebhookSerializer(serializers.ModelSerializer):
    """What is known of a webhook after it was made; never its secret."""

    project = OwnedPrimaryKeyField(selector=projects_for, fixed=True)
    events = serializers.ListField(
        child=serializers.ChoiceField(EVENTS), required=False, allow_empty=False
    )
    last_status = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = (
            "id",
            "project",
            "url",
            "events",
            "is_active",
            "last_status",
            "last_error",
            "last_attempt_at",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = ("last_error", "last_attempt_at")
        extra_kwargs = {"url": {"trim_whitespace": True}}

    def validate_url(self, value: str) -> str:
        try:
            check_url(value)
        except Refused as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        return value

    @extend_schema_field(
        serializers.ChoiceField(DeliveryStatus.choices, allow_null=True)
    )
    def get_last_status(self, row: Webhook) -> str | None:
        return row.last_status or None


class NewWebhookSerializer(WebhookSerializer):
    """A webhook just made, with its secret for this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")  # type: ignore[assignment]


class SecretSerializer(serializers.Serializer):
    secret = serializers.CharField()


class WebhookDeliverySerializer(serializers.ModelSerializer):
    class Meta:
        model = WebhookDelivery
        fields = (
            "id",
            "webhook",
            "run",
            "event",
            "status",
            "attempts",
            "next_attempt_at",
            "response_status",
            "last_error",
            "delivered_at",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = fields
