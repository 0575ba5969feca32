"""Making what was done just now look as old as the story of the demo wants it.

Of rows only, in a home of our own. The audit log stays true: it says when the demo was
filled.
"""

from datetime import datetime, timedelta

from django.apps import apps
from django.db.models import DateTimeField, F, Model
from django.utils import timezone

from recotem.retraining.models import RetrainingRun, RetrainingSchedule, RunStatus
from recotem.retraining.services.clock import tick

_TIMELESS = ("accounts", "core")


def make_older(by: timedelta) -> None:
    """Let everything that is there have happened earlier; what is still to come stays
    where it is. Nothing may be at work."""
    now = timezone.now()
    for app in apps.get_app_configs():
        if app.name.startswith("recotem.") and app.label not in _TIMELESS:
            for model in app.get_models():
                _shift(model, by, now)


def _shift(model: type[Model], by: timedelta, now: datetime) -> None:
    for field in model._meta.concrete_fields:  # noqa: SLF001  Django documents it
        if isinstance(field, DateTimeField):
            rows = model._default_manager.filter(**{f"{field.name}__lte": now})  # noqa: SLF001
            rows.update(**{field.name: F(field.name) - by})


def fire_now(schedule: RetrainingSchedule) -> RetrainingRun:
    """The run that the clock makes of a schedule that is due."""
    rows = RetrainingSchedule.objects.filter(pk=schedule.pk)
    rows.update(next_run_at=timezone.now())
    tick()
    return schedule.runs.latest("pk")


def move_run(run: RetrainingRun, moment: datetime) -> None:
    """Let a run that has ended have been at that time."""
    run.refresh_from_db()
    took = (run.completed_at or run.ins_datetime) - run.ins_datetime
    RetrainingRun.objects.filter(pk=run.pk).update(
        ins_datetime=moment, completed_at=moment + took, updated_at=moment + took
    )
    RetrainingSchedule.objects.filter(pk=run.schedule_id).update(
        last_run_at=moment, last_run_status=RunStatus(run.status)
    )
