from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.datasets.models import ItemMetaData, TrainingData
from recotem.projects.selectors import projects_for


def training_data_for(actor: Actor) -> QuerySet[TrainingData]:
    """Interaction logs of the projects that the actor sees."""
    rows = TrainingData.objects.filter(project__in=projects_for(actor))
    return rows.select_related("project")


def item_meta_data_for(actor: Actor) -> QuerySet[ItemMetaData]:
    """Item tables of the projects that the actor sees."""
    rows = ItemMetaData.objects.filter(project__in=projects_for(actor))
    return rows.select_related("project")
