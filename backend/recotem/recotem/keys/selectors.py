from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.keys.models import ApiKey
from recotem.projects.selectors import in_projects_of


def api_keys_for(actor: Actor) -> QuerySet[ApiKey]:
    """Keys of projects that the actor owns or has the role of an owner in."""
    return in_projects_of(ApiKey.objects.all(), actor, need="owner")
