from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.deployment.models import Deployment, DeploymentSlot, GateReview
from recotem.projects.selectors import in_projects_of


def deployment_slots_for(actor: Actor) -> QuerySet[DeploymentSlot]:
    """Slots of the projects that the actor sees."""
    rows = in_projects_of(DeploymentSlot.objects.all(), actor)
    return rows.select_related("project", "trained_model")


def deployments_for(actor: Actor) -> QuerySet[Deployment]:
    """What slots of the projects that the actor sees came to serve, newest first."""
    rows = in_projects_of(Deployment.objects.all(), actor)
    # Joined, a filter by a slot that is gone would find nothing.
    return rows.select_related("review").prefetch_related("slot", "trained_model")


def gate_reviews_for(actor: Actor) -> QuerySet[GateReview]:
    """Reviews in the projects that the actor sees, newest first."""
    rows = in_projects_of(GateReview.objects.all(), actor)
    return rows.select_related("job", "deployment").prefetch_related("job__attempts")
