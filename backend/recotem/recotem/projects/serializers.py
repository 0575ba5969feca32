from rest_framework import serializers

from recotem.projects.models import Project


class ProjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = Project
        fields = (
            "id",
            "name",
            "owner",
            "user_column",
            "item_column",
            "time_column",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = ("owner",)
        validators: tuple[object, ...] = ()

    def validate_time_column(self, value: str | None) -> str | None:
        """An empty name means that there is no such column."""
        return value or None


class ProjectSummarySerializer(serializers.Serializer):
    n_data = serializers.IntegerField()
    n_complete_jobs = serializers.IntegerField()
    n_models = serializers.IntegerField()
    n_slots = serializers.IntegerField()
    n_running_tests = serializers.IntegerField()
    last_trained_at = serializers.DateTimeField(allow_null=True)
    ins_datetime = serializers.DateTimeField()
