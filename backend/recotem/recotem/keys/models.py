from django.conf import settings
from django.db import models

from recotem.core.models import Timestamped
from recotem.projects.models import Project


class ApiKey(Timestamped):
    """What a program shows instead of a password. Only its hash is kept."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="api_keys", db_index=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=256)
    key_prefix = models.CharField(max_length=16, db_index=True)
    key_hash = models.CharField(max_length=256)
    scopes = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="key_of_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="api_key_name_per_project"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.key_prefix})"
