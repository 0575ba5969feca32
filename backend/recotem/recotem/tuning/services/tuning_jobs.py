"""Tuning jobs as people see them: created, cancelled, deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, record
from recotem.core.errors import Invalid
from recotem.datasets.models import TrainingData
from recotem.jobs.attempts import retry_job
from recotem.jobs.models import OPEN, Job
from recotem.jobs.services import append_log, create_job, request_cancel, start
from recotem.projects.services import require_role
from recotem.tuning.errors import JobFrozen, JobStillRuns
from recotem.tuning.models import ParameterTuningJob, SplitConfig
from recotem.tuning.services.retrying import take_up_search
from recotem_engine.algorithms import algorithm
from recotem_engine.errors import ConfigError


@transaction.atomic
def create_tuning_job(*, actor: Actor, values: Mapping[str, Any]) -> ParameterTuningJob:
    """A job that workers begin after the commit; refused if it could not succeed."""
    data: TrainingData = values["data"]
    require_role(actor, data.project, "editor")
    _check_data(data, values["split"])
    _check_algorithms(values.get("tried_algorithms_json"))
    parallel = values.get("n_tasks_parallel", 1)
    job = create_job(Job.Kind.TUNING, project=data.project_id, parallelism=parallel)
    tuning_job = ParameterTuningJob.objects.create(
        job=job, project=data.project, data_version=data.version, **values
    )
    append_log(
        job.pk, f"A search with {tuning_job.n_trials} trials waits for a worker."
    )
    record(actor, Action.CREATE, tuning_job, project=data.project_id)
    start(job)
    return tuning_job


def _check_data(data: TrainingData, split: SplitConfig) -> None:
    if not data.is_usable:
        raise Invalid({"data": ["This data has no file that is ready to read."]})
    if split.needs_time and not data.project.time_column:
        sentence = f"The scheme {split.scheme} needs a project with a time column."
        raise Invalid({"split": [sentence]}, code="time_needed")


def _check_algorithms(names: list[str] | None) -> None:
    if names is None:
        return
    if not names:
        raise Invalid(
            {"tried_algorithms_json": ["Name at least one, or leave it out."]}
        )
    try:
        for name in names:
            algorithm(name)
    except ConfigError as error:
        fields = {"tried_algorithms_json": [str(error)]}
        raise Invalid(fields, code=error.code) from error


def update_tuning_job(
    *, actor: Actor, tuning_job: ParameterTuningJob, changes: Mapping[str, object]
) -> ParameterTuningJob:
    """Everything steers the search, so only a request that changes nothing passes."""
    require_role(actor, tuning_job.project_id, "editor")
    if any(getattr(tuning_job, name) != value for name, value in changes.items()):
        raise JobFrozen
    return tuning_job


@transaction.atomic
def cancel_tuning_job(*, actor: Actor, tuning_job: ParameterTuningJob) -> None:
    """Raises Conflict when the job has ended."""
    require_role(actor, tuning_job.project_id, "editor")
    request_cancel(tuning_job.job)
    record(actor, Action.CANCEL, tuning_job, project=tuning_job.project_id)


@transaction.atomic
def retry_tuning_job(*, actor: Actor, tuning_job: ParameterTuningJob) -> None:
    """Let a search that FAILED or was CANCELLED go on from where it stopped.

    Trials with a score stay. Trials that failed are tried anew: what failed them may
    have been the machine, and a job of which none succeeded has nothing else to try.
    Once there is a result it stays, and all trials with it; only the training is done.
    `timeout_overall` begins anew. A retraining run that waited for the job has ended
    with it and stays as it ended, or tries by itself again; what is retried by hand is
    deployed by hand. Raises CannotRetry.
    """
    require_role(actor, tuning_job.project_id, "editor")
    before = {"status": tuning_job.job.status}
    retry_job(tuning_job.job, "The job is tried again.")
    take_up_search(tuning_job)
    after, project = {"status": tuning_job.job.status}, tuning_job.data.project_id
    record(actor, Action.UPDATE, tuning_job, before, after, project=project)


@transaction.atomic
def delete_tuning_job(*, actor: Actor, tuning_job: ParameterTuningJob) -> None:
    """Delete a job that has ended, with its trials and log; its results stay."""
    require_role(actor, tuning_job.project_id, "owner")
    job = Job.objects.select_for_update().get(pk=tuning_job.job_id)
    if job.status in OPEN:
        raise JobStillRuns
    record(actor, Action.DELETE, tuning_job, project=tuning_job.project_id)
    tuning_job.delete()
