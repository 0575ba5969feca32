from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.keys.models import ApiKey
from recotem.projects.selectors import projects_for


def api_keys_for(actor: Actor) -> QuerySet[ApiKey]:
    """Keys of projects that the actor owns or has the role of an owner in."""
    return ApiKey.objects.filter(project__in=projects_for(actor, "owner"))
