"""Training: a child process writes the file, then the row says that it is there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from recotem.core.model_events import publish
from recotem.core.revisions import bump_serving
from recotem.core.storage import delete_now, draft, put
from recotem.datasets.services.versions import interactions_of
from recotem.jobs.attempts import attempt_job, end_job, lock_held
from recotem.jobs.computing import computing
from recotem.jobs.errors import AttemptLost, JobFailed
from recotem.jobs.holding import Held
from recotem.jobs.models import Job, JobStatus
from recotem.jobs.services import append_log
from recotem.training.models import TrainedModel
from recotem_contracts.model_events import ModelTrained

_Status = TrainedModel.Status


def run_training(*, model_id: int, task_id: str, worker: str) -> None:
    """One attempt at the job of a model; nothing to do if the model is gone."""
    model = TrainedModel.objects.filter(pk=model_id).first()
    if model is None or model.job_id is None:
        return
    attempt_job(
        model.job_id, task_id=task_id, worker=worker, work=partial(_work, model_id)
    )


def _work(model_id: int, held: Held) -> None:
    train_model(
        model_id,
        held,
        on_ready=lambda model: end_job(held.attempt, JobStatus.COMPLETED),
    )


def train_model(
    model_id: int,
    held: Held,
    *,
    on_ready: Callable[[TrainedModel], None],
    metrics: dict[str, Any] | None = None,
) -> TrainedModel:
    """Train a PENDING or RUNNING model and make it READY.

    on_ready: called in the transaction that makes it READY; if it raises, the model
    does not become READY and its file goes. metrics: of the tuning, kept in the file.
    Raises JobFailed when another attempt would fail as well, AttemptLost when the
    model is gone, and what `Compute.call` raises of a child that died or was stopped.
    """
    model = _begin(model_id, held)
    file = f"models/{model.project_id}/{uuid4().hex}.rctm"
    try:
        facts = _write(model, held, file, metrics or {})
        with transaction.atomic():
            lock_held(held.attempt)
            ready = _make_ready(model, file, facts, metrics or {})
            on_ready(ready)
    except BaseException:
        delete_now([file])
        raise
    return ready


@transaction.atomic
def _begin(model_id: int, held: Held) -> TrainedModel:
    open_models = TrainedModel.objects.filter(
        pk=model_id, status__in=(_Status.PENDING, _Status.RUNNING)
    )
    if not open_models.update(status=_Status.RUNNING, updated_at=Now()):
        raise AttemptLost
    model = open_models.select_related("configuration", "data_loc").get()
    if model.data_version is None:
        model.data_version = model.data_loc.version
        model.save(update_fields=["data_version", "updated_at"])
    name, data = model.configuration.recommender_class_name, model.data_loc
    line = f"Training {name} on version {model.data_version} of {data.basename}."
    append_log(held.attempt.job_id, line, held.attempt)
    return model


def _write(
    model: TrainedModel, held: Held, file: str, metrics: dict[str, Any]
) -> dict[str, Any]:
    """Put the trained model into the storage; what the child says of it."""
    with draft() as room:
        written = room / "model.rctm"
        facts = _fit(model, held, written, metrics)
        put(written, file)
    return facts


def _fit(
    model: TrainedModel, held: Held, out: Path, metrics: dict[str, Any]
) -> dict[str, Any]:
    interactions = interactions_of(model.data_loc, model.data_version)
    if interactions is None:
        raise JobFailed("The file of the training data was removed.")
    with computing("The training") as child:
        return child.call(
            "train",
            interactions=str(interactions),
            spec={
                "algorithm": model.configuration.recommender_class_name,
                "parameters": model.configuration.parameters_json,
            },
            info={"metrics": metrics},
            out=str(out),
            signing_keys=settings.RECOTEM_MODEL_SIGNING_KEYS,
            secret_key=settings.SECRET_KEY,
            should_stop=held.stop_reason,
            timeout=settings.STEP_TIME_LIMIT,
        )


def _make_ready(
    model: TrainedModel, file: str, facts: dict[str, Any], metrics: dict[str, Any]
) -> TrainedModel:
    row = TrainedModel.objects.select_for_update().filter(pk=model.pk).first()
    if row is None or row.status != _Status.RUNNING:
        raise AttemptLost
    row.status, row.error = _Status.READY, ""
    row.file, row.filesize = file, facts["filesize"]
    row.irspack_version = facts["versions"].get("irspack", "")
    row.metrics = metrics
    row.save()
    bump_serving()
    project_id = model.project_id
    publish(ModelTrained(model_id=row.pk, project_id=project_id))
    return row


def job_ended(job: Job) -> None:
    """However its job ended, a model is READY or says why it is not."""
    error = job.error or "The training was cancelled."
    fail_models(TrainedModel.objects.filter(job=job), error)


def fail_models(models: QuerySet[TrainedModel], error: str) -> None:
    """Models that will never be trained; READY ones stay as they are."""
    models.exclude(status=_Status.READY).update(
        status=_Status.FAILED, error=error, updated_at=Now()
    )


def reopen_models(models: QuerySet[TrainedModel]) -> None:
    """Models whose job is tried again; READY ones stay as they are."""
    models.filter(status=_Status.FAILED).update(
        status=_Status.PENDING, error="", updated_at=Now()
    )
