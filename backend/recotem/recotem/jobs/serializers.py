from rest_framework import serializers

from recotem.jobs.models import JobAttempt, JobStatus


class TaskSerializer(serializers.ModelSerializer):
    """One attempt of a worker, in Celery's words."""

    class Meta:
        model = JobAttempt
        fields = ("task_id", "status", "date_created", "date_done", "traceback")
        read_only_fields = fields


class TaskLinkSerializer(serializers.Serializer):
    task = TaskSerializer(source="*", read_only=True)


# What a row says of the `job` that it waits for. No docstring: the API's description
# would show it at each of those rows.
class OfJob(serializers.Serializer):
    status = serializers.ChoiceField(
        JobStatus.choices, source="job.status", read_only=True
    )
    error = serializers.CharField(source="job.error", read_only=True)
    started_at = serializers.DateTimeField(
        source="job.started_at", read_only=True, allow_null=True
    )
    ended_at = serializers.DateTimeField(
        source="job.ended_at", read_only=True, allow_null=True
    )
    task_links = TaskLinkSerializer(source="job.attempts", many=True, read_only=True)
