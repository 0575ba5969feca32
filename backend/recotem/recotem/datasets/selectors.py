from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.datasets.models import ItemMetaData, TrainingData
from recotem.projects.selectors import in_projects_of


def training_data_for(actor: Actor) -> QuerySet[TrainingData]:
    """Interaction logs of the projects that the actor sees."""
    rows = in_projects_of(TrainingData.objects.all(), actor)
    return rows.select_related("project")


def item_meta_data_for(actor: Actor) -> QuerySet[ItemMetaData]:
    """Item tables of the projects that the actor sees."""
    rows = in_projects_of(ItemMetaData.objects.all(), actor)
    return rows.select_related("project")
