from rest_framework import serializers

from recotem.jobs.models import JobAttempt


class TaskSerializer(serializers.ModelSerializer):
    """One attempt of a worker, in Celery's words."""

    class Meta:
        model = JobAttempt
        fields = ("task_id", "status", "date_created", "date_done", "traceback")
        read_only_fields = fields


class TaskLinkSerializer(serializers.Serializer):
    task = TaskSerializer(source="*", read_only=True)
