from datetime import datetime

from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.projects.selectors import in_projects_of
from recotem.retraining.models import RetrainingRun, RetrainingSchedule, RunStatus


def retraining_schedules_for(actor: Actor) -> QuerySet[RetrainingSchedule]:
    """Schedules of the projects that the actor sees."""
    rows = RetrainingSchedule.objects.select_related("project")
    return in_projects_of(rows, actor)


def retraining_runs_for(actor: Actor) -> QuerySet[RetrainingRun]:
    """Runs in the projects that the actor sees, the newest first."""
    return in_projects_of(RetrainingRun.objects.all(), actor, "schedule__project")


def schedules_due(now: datetime) -> QuerySet[RetrainingSchedule]:
    return RetrainingSchedule.objects.filter(is_enabled=True, next_run_at__lte=now)


def runs_to_begin(now: datetime) -> QuerySet[RetrainingRun]:
    """Waiting runs whose time has come."""
    waiting = RetrainingRun.objects.filter(status=RunStatus.PENDING)
    return waiting.filter(next_attempt_at__lte=now).order_by("pk")


def last_completed(schedule: RetrainingSchedule) -> RetrainingRun | None:
    """The newest run that made a model which is still there."""
    return schedule.runs.filter(
        status=RunStatus.COMPLETED, trained_model__file__isnull=False
    ).first()
