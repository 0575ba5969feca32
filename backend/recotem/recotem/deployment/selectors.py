from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.deployment.models import DeploymentSlot
from recotem.projects.selectors import projects_for


def deployment_slots_for(actor: Actor) -> QuerySet[DeploymentSlot]:
    """Slots of the projects that the actor sees."""
    rows = DeploymentSlot.objects.filter(project__in=projects_for(actor))
    return rows.select_related("project", "trained_model")
