from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.datasets.selectors import training_data_for
from recotem.jobs.models import TaskLog
from recotem.jobs.serializers import OfJob
from recotem.training.reports import METRICS, REPORT
from recotem.tuning.models import (
    EvaluationConfig,
    ParameterTuningJob,
    SplitConfig,
    Trial,
)
from recotem.tuning.selectors import evaluation_configs_for, split_configs_for

#: What both databases hold in an integer column.
LARGEST = 2**31 - 1
_COUNT = {"min_value": 1, "max_value": LARGEST}
_SEED = {"min_value": 0, "max_value": LARGEST}


class SplitConfigSerializer(serializers.ModelSerializer):
    heldout_ratio = serializers.FloatField(default=0.1)
    test_user_ratio = serializers.FloatField(default=1.0)

    class Meta:
        model = SplitConfig
        fields = (
            "id",
            "name",
            "scheme",
            "heldout_ratio",
            "n_heldout",
            "test_user_ratio",
            "n_test_users",
            "random_seed",
            "created_by",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = ("created_by",)
        extra_kwargs = {
            "n_heldout": _COUNT,
            "n_test_users": _COUNT,
            "random_seed": _SEED,
        }

    def validate_heldout_ratio(self, value: float) -> float:
        if not 0 < value < 1:
            raise serializers.ValidationError("must be greater than 0 and less than 1")
        return value

    def validate_test_user_ratio(self, value: float) -> float:
        if not 0 < value <= 1:
            raise serializers.ValidationError("must be greater than 0 and at most 1")
        return value


class EvaluationConfigSerializer(serializers.ModelSerializer):
    class Meta:
        model = EvaluationConfig
        fields = (
            "id",
            "name",
            "cutoff",
            "target_metric",
            "created_by",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = ("created_by",)
        extra_kwargs = {"cutoff": {"min_value": 1, "max_value": 1000}}


_NUMBER_OR_NULL = {"type": "number", "nullable": True}


@extend_schema_field(
    {
        "type": "object",
        "description": "Empty until the first trial has ended.",
        "properties": {
            "trials_done": {"type": "integer"},
            "n_trials": {"type": "integer"},
            "best_score": _NUMBER_OR_NULL,
            "best_algorithm": {"type": "string", "nullable": True},
            "seconds_left": _NUMBER_OR_NULL,
        },
    }
)
class ProgressField(serializers.JSONField):
    """How far a search is."""


@extend_schema_field(
    {**REPORT, "required": sorted(REPORT["properties"]), "nullable": True}
)
class ResultField(serializers.JSONField):
    """What a search that has ended found; null before."""


class ParameterTuningJobSerializer(OfJob, serializers.ModelSerializer):
    data = OwnedPrimaryKeyField(selector=training_data_for)  # type: ignore[assignment]
    split = OwnedPrimaryKeyField(selector=split_configs_for)
    evaluation = OwnedPrimaryKeyField(selector=evaluation_configs_for)
    tried_algorithms_json = serializers.ListField(
        child=serializers.CharField(max_length=128),
        max_length=100,
        allow_null=True,
        required=False,
    )
    project = serializers.IntegerField(source="project_id", read_only=True)
    progress = ProgressField(source="job.progress", read_only=True)
    result = ResultField(read_only=True, allow_null=True)
    n_trials_done = serializers.SerializerMethodField()

    class Meta:
        model = ParameterTuningJob
        fields = (
            "id",
            "project",
            "data",
            "data_version",
            "split",
            "evaluation",
            "n_tasks_parallel",
            "n_trials",
            "memory_budget",
            "timeout_overall",
            "timeout_singlestep",
            "random_seed",
            "tried_algorithms_json",
            "train_after_tuning",
            "status",
            "error",
            "progress",
            "n_trials_done",
            "best_score",
            "best_config",
            "tuned_model",
            "result",
            "irspack_version",
            "started_at",
            "ended_at",
            "task_links",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = (
            "data_version",
            "best_score",
            "best_config",
            "tuned_model",
            "result",
            "irspack_version",
        )
        extra_kwargs = {
            "n_tasks_parallel": {"min_value": 1, "max_value": 64},
            "n_trials": {"min_value": 1, "max_value": 10_000},
            "memory_budget": {
                "min_value": 100,
                "max_value": LARGEST,
                "help_text": "MB that each process which tries candidates may use.",
            },
            "timeout_overall": {
                **_COUNT,
                "help_text": "Seconds after which no trial goes on. The best one until "
                "then is tested and trained all the same.",
            },
            "timeout_singlestep": {
                **_COUNT,
                "help_text": "Seconds that one trial may take.",
            },
            "random_seed": _SEED,
        }

    def get_n_trials_done(self, row: ParameterTuningJob) -> int:
        return int(getattr(row, "n_trials_done", 0))


@extend_schema_field(METRICS)
class MetricsField(serializers.JSONField):
    """What a trial measured; empty when it failed."""


class TrialSerializer(serializers.ModelSerializer):
    parameters = serializers.DictField(read_only=True)
    metrics = MetricsField(read_only=True)

    class Meta:
        model = Trial
        fields = (
            "id",
            "number",
            "state",
            "stage",
            "algorithm",
            "parameters",
            "score",
            "metrics",
            "seconds",
            "error",
            "started_at",
            "ended_at",
        )
        read_only_fields = fields


class TaskLogSerializer(serializers.ModelSerializer):
    task = serializers.SerializerMethodField()

    class Meta:
        model = TaskLog
        fields = ("id", "ins_datetime", "updated_at", "contents", "task")
        read_only_fields = fields

    def get_task(self, row: TaskLog) -> str | None:
        return row.attempt.task_id if row.attempt else None


class ParameterSerializer(serializers.Serializer):
    """What a parameter may be; `search_low` to `search_high` is where tuning looks."""

    name = serializers.CharField()
    type = serializers.ChoiceField(["bool", "int", "float", "str"])
    default = serializers.JSONField()
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    choices = serializers.ListField(child=serializers.JSONField())
    searched = serializers.BooleanField()
    search_low = serializers.FloatField(allow_null=True)
    search_high = serializers.FloatField(allow_null=True)
    log = serializers.BooleanField()


class AlgorithmSerializer(serializers.Serializer):
    name = serializers.CharField()
    class_name = serializers.CharField()
    description = serializers.CharField()
    tried_by_default = serializers.BooleanField(
        help_text="Whether a search that names no algorithm tries it."
    )
    most_items = serializers.IntegerField(
        allow_null=True, help_text="If so, up to this number of items; null: any."
    )
    parameters = ParameterSerializer(many=True)
