"""Rows of models: made, unlinked, deleted."""

from django.db import transaction
from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid
from recotem.core.model_events import publish
from recotem.core.revisions import bump_serving
from recotem.core.storage import delete_files, file_exists
from recotem.datasets.errors import FileGone
from recotem.datasets.models import TrainingData
from recotem.jobs.models import Job
from recotem.jobs.services import create_job, start
from recotem.projects.services import require_role
from recotem.training.errors import ModelInUse
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem_contracts.model_events import ModelDeleted


@transaction.atomic
def create_model(
    *, actor: Actor, configuration: ModelConfiguration, data: TrainingData
) -> TrainedModel:
    """A model that a worker will train."""
    require_role(actor, configuration.project, "editor")
    if data.project_id != configuration.project_id:
        raise Invalid({"data_loc": ["This data is of another project."]})
    if not data.is_usable:
        raise Invalid({"data_loc": ["This data has no file that is ready to read."]})
    job = create_job(Job.Kind.TRAINING)
    model = TrainedModel.objects.create(
        configuration=configuration, data_loc=data, job=job
    )
    record(actor, Action.CREATE, model, project=data.project_id)
    start(job)
    return model


@transaction.atomic
def unlink_file(*, actor: Actor, model: TrainedModel) -> TrainedModel:
    """Give up the file and keep the row."""
    require_role(actor, model.configuration.project, "owner")
    row = TrainedModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    _refuse_served(TrainedModel.objects.filter(pk=row.pk))
    before, project = facts(row, ("file",)), row.configuration.project_id
    delete_files(row.files)
    row.file = None
    row.save(update_fields=["file", "updated_at"])
    record(actor, Action.UPDATE, row, before, facts(row, ("file",)), project=project)
    bump_serving()
    publish(ModelDeleted(model_id=row.pk, project_id=project))
    return row


@transaction.atomic
def delete_model(*, actor: Actor, model: TrainedModel) -> None:
    """Delete a model; its training, if it still runs, stops."""
    require_role(actor, model.configuration.project, "owner")
    record(actor, Action.DELETE, model, project=model.configuration.project_id)
    delete_models(TrainedModel.objects.filter(pk=model.pk))


def delete_models(models: QuerySet[TrainedModel]) -> None:
    """Delete models that no slot serves; files and jobs go with them."""
    _refuse_served(models)
    models.delete()


def stored_file(model: TrainedModel) -> str:
    """Storage path of the model file; FileGone if there is none."""
    if not model.file or not file_exists(model.file):
        raise FileGone
    return model.file


def _refuse_served(models: QuerySet[TrainedModel]) -> None:
    if models.filter(slots__isnull=False).exists():
        raise ModelInUse
