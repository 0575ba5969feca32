from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.deployment.models import DeploymentSlot
from recotem.projects.selectors import in_projects_of


def deployment_slots_for(actor: Actor) -> QuerySet[DeploymentSlot]:
    """Slots of the projects that the actor sees."""
    rows = in_projects_of(DeploymentSlot.objects.all(), actor)
    return rows.select_related("project", "trained_model")
