from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.experiments.models import ConversionEvent
from recotem.projects.selectors import projects_for


def conversion_events_for(actor: Actor) -> QuerySet[ConversionEvent]:
    """Events of the projects that the actor sees."""
    return ConversionEvent.objects.filter(project__in=projects_for(actor))
