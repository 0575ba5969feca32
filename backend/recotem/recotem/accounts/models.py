from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone

from recotem.core.models import Timestamped
from recotem.core.revisions import bump_serving


class User(AbstractUser):
    """A person who signs in. Who is deactivated is signed out, with all keys.

    A new password ends the sessions too, whoever sets it: the API, a command, a form.
    """

    class Meta(AbstractUser.Meta):
        ordering = ("-id",)

    def save(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            before = User.objects.filter(pk=self.pk).values_list("is_active", flat=True)
            changed = list(before) == [not self.is_active]
            # Django leaves it None when it only hashes the same password anew.
            renewed = getattr(self, "_password", None) is not None
            super().save(*args, **options)
            if changed:
                bump_serving()
            if changed or renewed:
                self.sessions.filter(ended_at=None).update(ended_at=timezone.now())


class Session(Timestamped):
    """One sign-in. Tokens carry its id and are worth nothing once it has ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    refresh_id = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["user", "ended_at"])]

    def __str__(self) -> str:
        return f"session {self.pk} of user {self.user_id}"
