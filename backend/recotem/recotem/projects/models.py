import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from recotem.core.models import Timestamped


def new_salt() -> str:
    return secrets.token_hex(16)


class Project(Timestamped):
    """One catalogue and its users: data, models, slots and keys hang on it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="projects"
    )
    name = models.CharField(max_length=256)
    user_column = models.CharField(max_length=256)
    item_column = models.CharField(max_length=256)
    time_column = models.CharField(max_length=256, null=True, blank=True)  # noqa: DJ001
    #: The share of users whose recommendations by slots are recorded.
    exposure_sampling = models.FloatField(default=0)
    assignment_salt = models.CharField(max_length=64, default=new_salt, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="project_name_per_owner"
            ),
            models.CheckConstraint(
                condition=Q(exposure_sampling__gte=0, exposure_sampling__lte=1),
                name="exposure_sampling_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Timestamped):
    """A person's role in somebody else's project."""

    class Role(models.TextChoices):
        VIEWER = "viewer"
        EDITOR = "editor"
        OWNER = "owner"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="member_of_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], name="one_membership_per_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
