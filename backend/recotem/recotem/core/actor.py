"""Who is asking, and how far that reaches."""

from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from rest_framework.request import Request


@dataclass(frozen=True)
class KeyGrant:
    """What a request that came with an API key may reach."""

    key_id: int
    project_id: int
    scopes: frozenset[str]


@dataclass(frozen=True)
class Actor:
    """A person, or a key acting for the person who made it."""

    user: AbstractBaseUser | AnonymousUser
    key_id: int | None = None
    key_project_id: int | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)

    @property
    def user_id(self) -> int:
        """Id of the person; 0 for nobody."""
        return int(self.user.pk or 0)

    @property
    def is_staff(self) -> bool:
        return bool(getattr(self.user, "is_staff", False))

    @property
    def sees_everything(self) -> bool:
        """Staff do; a key never does, whoever made it."""
        return self.is_staff and self.key_id is None


def actor_of(request: Request) -> Actor:
    """The actor behind an authenticated request."""
    grant = request.auth
    if isinstance(grant, KeyGrant):
        return Actor(request.user, grant.key_id, grant.project_id, grant.scopes)
    return Actor(request.user)
