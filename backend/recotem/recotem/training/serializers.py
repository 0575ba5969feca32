from pathlib import PurePosixPath

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.datasets.selectors import training_data_for
from recotem.jobs.serializers import TaskLinkSerializer
from recotem.projects.selectors import projects_for
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.training.reports import REPORT
from recotem.training.selectors import model_configurations_for


class ModelConfigurationSerializer(serializers.ModelSerializer):
    project = OwnedPrimaryKeyField(selector=projects_for, fixed=True)
    tuning_job = serializers.SerializerMethodField()
    parameters_json = serializers.DictField(required=False)

    class Meta:
        model = ModelConfiguration
        fields = (
            "id",
            "tuning_job",
            "name",
            "project",
            "recommender_class_name",
            "parameters_json",
            "ins_datetime",
            "updated_at",
        )
        validators: tuple[object, ...] = ()

    def validate_name(self, value: str | None) -> str | None:
        """An empty name is none, and not one that only one may have."""
        return value or None

    def get_tuning_job(self, row: ModelConfiguration) -> int | None:
        job = getattr(row, "tuning_job", None)
        return job and job.pk


@extend_schema_field(
    {**REPORT, "description": "What its search measured; empty without one."}
)
class ReportField(serializers.JSONField):
    """The report that a model carries along."""


class TrainedModelSerializer(serializers.ModelSerializer):
    configuration = OwnedPrimaryKeyField(selector=model_configurations_for, fixed=True)
    data_loc = OwnedPrimaryKeyField(selector=training_data_for, fixed=True)
    project = serializers.IntegerField(source="project_id", read_only=True)
    basename = serializers.SerializerMethodField()
    metrics = ReportField(read_only=True)
    task_links = TaskLinkSerializer(source="attempts", many=True, read_only=True)

    class Meta:
        model = TrainedModel
        fields = (
            "id",
            "project",
            "configuration",
            "data_loc",
            "data_version",
            "file",
            "basename",
            "filesize",
            "irspack_version",
            "status",
            "error",
            "metrics",
            "task_links",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = (
            "data_version",
            "file",
            "filesize",
            "irspack_version",
            "status",
            "error",
        )

    def get_basename(self, row: TrainedModel) -> str:
        return PurePosixPath(row.file).name if row.file else ""


class CutoffSerializer(serializers.Serializer):
    cutoff = serializers.IntegerField(default=10, min_value=1, max_value=1000)


class UserQuerySerializer(CutoffSerializer):
    user_id = serializers.CharField(max_length=256)


class SampleQuerySerializer(CutoffSerializer):
    user_id = serializers.CharField(max_length=256, default=None)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}]})
class ItemIdField(serializers.CharField):
    """A number is taken as it is written."""


class ProfileSerializer(serializers.Serializer):
    item_ids = serializers.ListField(child=ItemIdField(), max_length=10_000)
    cutoff = serializers.IntegerField(min_value=1, max_value=1000)


class RecommendationSerializer(serializers.Serializer):
    item_id = serializers.CharField()
    score = serializers.FloatField()


class RecommendationsSerializer(serializers.Serializer):
    recommendations = RecommendationSerializer(many=True)


class SampleRecommendationSerializer(RecommendationsSerializer):
    user_id = serializers.CharField()
    user_profile = serializers.ListField(child=serializers.CharField())


class SampleRecommendationMetadataSerializer(serializers.Serializer):
    """The lists are JSON text: arrays with one record per item."""

    user_id = serializers.CharField()
    user_profile = serializers.CharField()
    recommendations = serializers.CharField()
