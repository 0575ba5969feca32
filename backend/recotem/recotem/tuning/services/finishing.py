"""The last steps of a search, taken by exactly one attempt at a time."""

from importlib.metadata import version
from typing import Any

from django.db import transaction

from recotem.core.storage import delete_workplace
from recotem.jobs.attempts import end_job, lock_held
from recotem.jobs.errors import JobFailed
from recotem.jobs.holding import Held
from recotem.jobs.models import OPEN, Job, JobAttempt, JobStatus
from recotem.jobs.services import append_log
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.training.services.train import fail_models, train_model
from recotem.tuning.models import ParameterTuningJob, Trial
from recotem.tuning.services.progress import best_row
from recotem.tuning.services.scratch import scratch_folder
from recotem.tuning.services.search_child import SearchChild
from recotem.tuning.services.trials import as_record, n_terminal
from recotem_engine.algorithms import algorithm


def finish_search(
    child: SearchChild, tuning_job: ParameterTuningJob, held: Held
) -> None:
    """Test the best trial, keep the result, train, and end the job.

    Does nothing while trials are left, or while another attempt is at it. Each step
    that an earlier attempt completed is left as it is.
    """
    attempt = held.attempt
    if not _take_over(tuning_job, attempt, out_of_time=child.out_of_time):
        return
    child.search_is_over()
    best = best_row(tuning_job)
    if best is None:
        raise JobFailed(_nothing_found(tuning_job))
    if tuning_job.result is None:
        report = child.test(as_record(best).to_json())
        _keep_result(tuning_job, attempt, best, report)
    child.close()
    if tuning_job.train_after_tuning:
        _train(tuning_job, held)
    else:
        end_job(attempt, JobStatus.COMPLETED)


@transaction.atomic
def _take_over(
    tuning_job: ParameterTuningJob, attempt: JobAttempt, *, out_of_time: bool
) -> bool:
    """Close the search and mark the attempt as the one that finishes it."""
    lock_held(attempt)
    tuning_job.refresh_from_db(fields=_FINISHING_FIELDS)
    other, done = tuning_job.finishing_attempt, n_terminal(tuning_job)
    if other is None:
        if done < tuning_job.n_trials and not out_of_time:
            return False
        if done < tuning_job.n_trials:
            line = f"The search ends after {done} of {tuning_job.n_trials} trials: "
            line += f"{_whole_time(tuning_job)} is over."
            append_log(attempt.job_id, line, attempt)
    elif other != attempt and other.status == JobAttempt.Status.STARTED:
        return False
    tuning_job.finishing_attempt = attempt
    tuning_job.save(update_fields=["finishing_attempt", "updated_at"])
    tuning_job.trials.filter(state=Trial.State.RUNNING).delete()
    return True


_FINISHING_FIELDS = ["finishing_attempt", "result", "best_config", "tuned_model"]


def _whole_time(tuning_job: ParameterTuningJob) -> str:
    return f"the job's timeout_overall of {tuning_job.timeout_overall} s"


def _nothing_found(tuning_job: ParameterTuningJob) -> str:
    last = tuning_job.trials.filter(state=Trial.State.FAILED).last()
    if last is None:
        return f"No trial ended within {_whole_time(tuning_job)}."
    return f"None of the trials succeeded. The last one failed: {last.error}"


@transaction.atomic
def _keep_result(
    tuning_job: ParameterTuningJob,
    attempt: JobAttempt,
    best: Trial,
    report: dict[str, Any],
) -> None:
    job = lock_held(attempt)
    evaluation = tuning_job.evaluation
    tuning_job.result = {
        "target_metric": evaluation.target_metric,
        "cutoff": evaluation.cutoff,
        "interval": report["test"]["interval"],
        **report,
    }
    tuning_job.best_score = best.score
    tuning_job.best_config = _best_config(tuning_job, best)
    tuning_job.irspack_version = version("irspack")
    tuning_job.save()
    append_log(job.pk, _result_line(tuning_job.result), attempt)


def _best_config(tuning_job: ParameterTuningJob, best: Trial) -> ModelConfiguration:
    """Named after the job; a configuration that a person named so is left alone."""
    project = tuning_job.project_id
    name = f"Tuning Result of job {tuning_job.pk}"
    while ModelConfiguration.objects.filter(project_id=project, name=name).exists():
        name += "*"
    return ModelConfiguration.objects.create(
        project_id=project,
        name=name,
        recommender_class_name=algorithm(best.algorithm).class_name,
        parameters_json=best.parameters,
    )


def _result_line(result: dict[str, Any]) -> str:
    metric, cutoff = result["target_metric"], result["cutoff"]
    test, baseline = result["test"], result["baseline"]
    return (
        f"{test['algorithm']} has {metric}@{cutoff} {test['metrics'][metric]:.4f} on "
        f"the test part, {baseline['algorithm']} {baseline['metrics'][metric]:.4f}."
    )


def _train(tuning_job: ParameterTuningJob, held: Held) -> None:
    """Train the best configuration; READY and COMPLETED come in one transaction."""
    model = _tuned_model(tuning_job, held.attempt)
    train_model(
        model.pk,
        held,
        on_ready=lambda _model: end_job(held.attempt, JobStatus.COMPLETED),
        metrics=tuning_job.result,
    )


@transaction.atomic
def _tuned_model(tuning_job: ParameterTuningJob, attempt: JobAttempt) -> TrainedModel:
    lock_held(attempt)
    if tuning_job.best_config is None:
        raise JobFailed("The best configuration was deleted before its training.")
    if tuning_job.tuned_model is None:
        tuning_job.tuned_model = TrainedModel.objects.create(
            project_id=tuning_job.project_id,
            configuration=tuning_job.best_config,
            data_loc=tuning_job.data,
            data_version=tuning_job.data_version,
        )
        tuning_job.save(update_fields=["tuned_model", "updated_at"])
    return tuning_job.tuned_model


def job_ended(job: Job) -> None:
    """However a search ended: no trial runs, no model waits, no scratch is left."""
    Trial.objects.filter(tuning_job__job=job, state=Trial.State.RUNNING).delete()
    error = job.error or "The tuning job was cancelled."
    fail_models(TrainedModel.objects.filter(tuning_job__job=job), error)
    delete_workplace(scratch_folder(job.pk))
    if job.progress:
        left = 0.0 if job.status == JobStatus.COMPLETED else None
        progress = {**job.progress, "seconds_left": left}
        Job.objects.filter(pk=job.pk).update(progress=progress)


def attempt_ended(attempt: JobAttempt) -> None:
    """An attempt that outlived its job may have written scratch files since."""
    if not Job.objects.filter(pk=attempt.job_id, status__in=OPEN).exists():
        delete_workplace(scratch_folder(attempt.job_id))
