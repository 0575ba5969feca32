from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Timestamped(models.Model):
    """When a row was created and last changed, in UTC."""

    ins_datetime = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Revision(models.Model):
    """A number that grows with every change of what it names.

    Those who cache rows read this one number to learn whether to read again.
    """

    name = models.CharField(max_length=64, unique=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}@{self.value}"


class AuditEntry(models.Model):
    """Who did what to what, as it was called then.

    Plain ids, no references: an entry outlives all that it is about. Nothing changes
    or deletes one.
    """

    class Action(models.TextChoices):
        CREATE = "create"
        UPDATE = "update"
        DELETE = "delete"
        ACTIVATE = "activate"
        DEACTIVATE = "deactivate"
        RESET_PASSWORD = "reset_password"  # noqa: S105  a verb
        CHANGE_PASSWORD = "change_password"  # noqa: S105  a verb
        REVOKE = "revoke"
        CANCEL = "cancel"

    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    key = models.BigIntegerField(null=True)
    project = models.BigIntegerField(null=True)
    action = models.CharField(max_length=32, choices=Action)
    kind = models.CharField(max_length=64)
    subject = models.BigIntegerField()
    name = models.CharField(max_length=256)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    ins_datetime = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="audit_of_project")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.kind} {self.name}"
