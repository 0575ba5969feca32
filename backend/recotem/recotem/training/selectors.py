from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.projects.selectors import in_projects_of
from recotem.training.models import ModelConfiguration, TrainedModel


def model_configurations_for(actor: Actor) -> QuerySet[ModelConfiguration]:
    """Configurations of the projects that the actor sees."""
    rows = in_projects_of(ModelConfiguration.objects.all(), actor)
    return rows.select_related("project", "tuning_job")


def trained_models_for(actor: Actor) -> QuerySet[TrainedModel]:
    """Models of the projects that the actor sees."""
    rows = in_projects_of(TrainedModel.objects.all(), actor)
    return rows.select_related("job", "tuning_job__job").prefetch_related(
        "job__attempts", "tuning_job__job__attempts"
    )
