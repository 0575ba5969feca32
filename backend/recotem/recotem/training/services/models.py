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
from recotem.datasets.services.versions import is_readable
from recotem.jobs.attempts import retry_job
from recotem.jobs.errors import CannotRetry
from recotem.jobs.models import Job
from recotem.jobs.services import create_job, request_cancel, start
from recotem.projects.services import require_role
from recotem.training.errors import ModelInUse, TrainedByTuning
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.training.services.train import reopen_models
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
    job = create_job(Job.Kind.TRAINING, project=data.project_id)
    model = TrainedModel.objects.create(
        project=data.project, configuration=configuration, data_loc=data, job=job
    )
    record(actor, Action.CREATE, model, project=data.project_id)
    start(job)
    return model


@transaction.atomic
def cancel_training(*, actor: Actor, model: TrainedModel) -> None:
    """Stop it within seconds; the model is FAILED then and says why.

    Raises TrainedByTuning, or Conflict when the training has ended.
    """
    require_role(actor, model.project_id, "editor")
    request_cancel(_own_job(model))
    record(actor, Action.CANCEL, model, project=model.project_id)


@transaction.atomic
def retry_training(*, actor: Actor, model: TrainedModel) -> None:
    """Train a FAILED model after all, on the version of the data that it has begun.

    A training is one step, so all of it is done again. A retraining run that waited for
    it has ended with the failure and stays as it ended, or tries by itself again; what
    is retried by hand is deployed by hand. Raises TrainedByTuning or CannotRetry.
    """
    require_role(actor, model.project_id, "editor")
    version = model.data_version or model.data_loc.version
    if not is_readable(model.data_loc, version):
        raise CannotRetry("The file of the training data was removed.")
    before = facts(model, ("status",))
    retry_job(_own_job(model), "The training is tried again.")
    reopen_models(TrainedModel.objects.filter(pk=model.pk))
    model.refresh_from_db(fields=("status",))
    after, project = facts(model, ("status",)), model.project_id
    record(actor, Action.UPDATE, model, before, after, project=project)


def _own_job(model: TrainedModel) -> Job:
    if model.job is None:
        raise TrainedByTuning
    return model.job


@transaction.atomic
def unlink_file(*, actor: Actor, model: TrainedModel) -> TrainedModel:
    """Give up the file and keep the row."""
    require_role(actor, model.project_id, "owner")
    row = TrainedModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    _refuse_served(TrainedModel.objects.filter(pk=row.pk))
    before, project = facts(row, ("file",)), row.project_id
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
    require_role(actor, model.project_id, "owner")
    record(actor, Action.DELETE, model, project=model.project_id)
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
