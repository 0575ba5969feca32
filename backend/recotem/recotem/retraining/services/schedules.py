"""Schedules as people set them."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid
from recotem.projects.models import Project
from recotem.projects.services import require_role
from recotem.retraining.models import RetrainingSchedule
from recotem.retraining.timing import next_run

_TIMING = ("is_enabled", "cron_expression", "time_zone")
NOTED = (
    *_TIMING,
    "training_data_id",
    "model_configuration_id",
    "retune",
    "split_config_id",
    "evaluation_config_id",
    "max_retries",
    "notify_on_failure",
    "auto_deploy",
    "deployment_slot_id",
)
_DEPLOYING = ("auto_deploy", "deployment_slot_id")


@transaction.atomic
def create_schedule(
    *, actor: Actor, project: Project, **values: object
) -> RetrainingSchedule:
    """The one schedule of a project. Raises Invalid if it could never run."""
    require_role(actor, project, "editor")
    schedule = RetrainingSchedule(project=project, **values)
    _check(schedule)
    if schedule.auto_deploy:
        _check_slot(schedule)
    _set_next_run(schedule)
    schedule.save()
    after = facts(schedule, NOTED)
    record(actor, Action.CREATE, schedule, after=after, project=project.pk)
    return schedule


@transaction.atomic
def update_schedule(
    *, actor: Actor, schedule: RetrainingSchedule, changes: Mapping[str, object]
) -> RetrainingSchedule:
    """A change of the timing counts from now; others leave the next run as it is."""
    require_role(actor, schedule.project_id, "editor")
    row = RetrainingSchedule.objects.select_for_update().get(pk=schedule.pk)
    before, timing = facts(row, NOTED), facts(row, _TIMING)
    deploying = facts(row, _DEPLOYING)
    for name, value in changes.items():
        setattr(row, name, value)
    _check(row)
    if row.auto_deploy and facts(row, _DEPLOYING) != deploying:
        _check_slot(row)
    if facts(row, _TIMING) != timing:
        _set_next_run(row)
    row.save()
    after = facts(row, NOTED)
    record(actor, Action.UPDATE, row, before, after, project=row.project_id)
    return row


@transaction.atomic
def delete_schedule(*, actor: Actor, schedule: RetrainingSchedule) -> None:
    """Delete it with the history of its runs; what they made stays."""
    require_role(actor, schedule.project_id, "owner")
    before = facts(schedule, NOTED)
    record(actor, Action.DELETE, schedule, before, project=schedule.project_id)
    schedule.delete()


def lacking(schedule: RetrainingSchedule) -> list[str]:
    """The fields that a run needs and that name nothing."""
    way = ["split_config", "evaluation_config"]
    needed = ["training_data", *(way if schedule.retune else ["model_configuration"])]
    return [name for name in needed if getattr(schedule, f"{name}_id") is None]


def _check(schedule: RetrainingSchedule) -> None:
    for name in ("training_data", "model_configuration", "deployment_slot"):
        row = getattr(schedule, name)
        if row is not None and row.project_id != schedule.project_id:
            raise Invalid({name: ["This is of another project."]})
    split = schedule.split_config
    timeless = schedule.retune and not schedule.project.time_column
    if timeless and split and split.needs_time:
        sentence = f"The scheme {split.scheme} needs a project with a time column."
        raise Invalid({"split_config": [sentence]}, code="time_needed")
    if schedule.is_enabled and (missing := lacking(schedule)):
        sentence = "A schedule that is switched on needs this."
        raise Invalid({name: [sentence] for name in missing})


def _check_slot(schedule: RetrainingSchedule) -> None:
    """One of several active slots has to be named; without any, there may be one by
    the time that there is a model."""
    active = schedule.project.slots.filter(is_active=True).count()
    if schedule.deployment_slot_id is None and active > 1:
        sentence = f"The project has {active} active slots; name the one to deploy to."
        raise Invalid({"deployment_slot": [sentence]})


def _set_next_run(schedule: RetrainingSchedule) -> None:
    schedule.next_run_at = (
        next_run(schedule.cron_expression, schedule.time_zone, timezone.now())
        if schedule.is_enabled
        else None
    )
