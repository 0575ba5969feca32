"""What the views of all resources share."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView

from recotem.core.actor import Actor, actor_of


class ActorMixin(GenericAPIView):
    """A view that knows who asks, and lets keys in by scope."""

    keys_allowed = True
    read_scope = "read"
    write_scope = "write"

    @property
    def actor(self) -> Actor:
        if getattr(self, "swagger_fake_view", False):
            return Actor(get_user_model()(pk=0))
        return actor_of(self.request)


class OwnedResourceMixin(ActorMixin):
    """Rows come through `selector`; what it does not give is a 404."""

    selector: ClassVar[Callable[[Actor], QuerySet[Any]]]

    def get_queryset(self) -> QuerySet[Any]:
        return type(self).selector(self.actor)


class CreatedByResourceMixin(OwnedResourceMixin):
    """Rows that belong to who created them, not to a project."""
