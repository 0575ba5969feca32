"""What follows when a model goes, whoever deleted it."""

from django.db.models import Model

from recotem.core.model_events import publish
from recotem.core.revisions import bump_serving
from recotem.jobs.models import Job
from recotem.training.models import TrainedModel
from recotem_contracts.model_events import ModelDeleted


def model_gone(sender: type[Model], instance: TrainedModel, **_: object) -> None:
    """Its job and logs go too, and the inference services hear of it."""
    if instance.job_id is not None:
        Job.objects.filter(pk=instance.job_id).delete()
    bump_serving()
    publish(ModelDeleted(model_id=instance.pk, project_id=instance.project_id))
