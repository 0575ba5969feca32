"""What a run does: it has a model trained, or a search made that trains one."""

from typing import Any

from recotem.core.actor import Actor
from recotem.datasets.models import TrainingData
from recotem.retraining.errors import CannotRun
from recotem.retraining.models import RetrainingRun, RetrainingSchedule, RunStatus
from recotem.retraining.selectors import last_completed
from recotem.retraining.services.deploying import have_deployed
from recotem.retraining.services.moves import end, move
from recotem.retraining.services.schedules import lacking
from recotem.training.services.models import create_model
from recotem.tuning.services.tuning_jobs import create_tuning_job


def queue_work(actor: Actor, schedule: RetrainingSchedule, run: RetrainingRun) -> None:
    """The run points at its job in the transaction that lets workers see the job.

    Raises CannotRun, or the refusal of those who make the job.
    """
    data = _readable(schedule)
    run.trained_model = run.tuning_job = None
    if schedule.retune:
        run.tuning_job = create_tuning_job(actor=actor, values=_search(schedule))
    else:
        configuration: Any = schedule.model_configuration
        run.trained_model = create_model(
            actor=actor, configuration=configuration, data=data
        )
    run.inputs = _inputs(schedule, data)
    run.data_rows_at_trigger = data.n_rows
    run.next_attempt_at = None
    move(schedule, run, RunStatus.RUNNING)


def complete(schedule: RetrainingSchedule, run: RetrainingRun) -> None:
    """Keep which model came of it, and what data that has read in the end."""
    if run.tuning_job:
        run.trained_model = run.tuning_job.tuned_model
    if model := run.trained_model:
        read = model.data_loc.versions.filter(number=model.data_version or 0)
        for fingerprint in read.values_list("fingerprint", flat=True):
            run.inputs["fingerprint"] = fingerprint
        if schedule.auto_deploy:
            have_deployed(run)
    end(schedule, run, RunStatus.COMPLETED)


def brings_nothing(schedule: RetrainingSchedule) -> bool:
    """Whether the last completed run had the same data and the same way."""
    data, last = schedule.training_data, last_completed(schedule)
    if data is None or last is None:
        return False
    known = data.is_usable and bool(data.fingerprint)
    return known and last.inputs == _inputs(schedule, data)


def _readable(schedule: RetrainingSchedule) -> TrainingData:
    if missing := lacking(schedule):
        raise CannotRun(f"The schedule names no {missing[0].replace('_', ' ')}.")
    data: Any = schedule.training_data
    if not data.is_usable:
        raise CannotRun("The training data has no file that is ready to read.")
    return data  # type: ignore[no-any-return]


def _search(schedule: RetrainingSchedule) -> dict[str, Any]:
    return {
        "data": schedule.training_data,
        "split": schedule.split_config,
        "evaluation": schedule.evaluation_config,
        "train_after_tuning": True,
    }


def _inputs(schedule: RetrainingSchedule, data: TrainingData) -> dict[str, Any]:
    """What decides the outcome; what a configuration says is fixed once it is used."""
    if schedule.retune:
        way = {
            "split_config": schedule.split_config_id,
            "evaluation_config": schedule.evaluation_config_id,
        }
    else:
        way = {"model_configuration": schedule.model_configuration_id}
    return {"fingerprint": data.fingerprint, **way}
