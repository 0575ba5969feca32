from datetime import datetime

from django.db.models import Min, QuerySet

from recotem.core.actor import Actor
from recotem.projects.selectors import in_projects_of
from recotem.retraining.models import (
    DeliveryStatus,
    RetrainingRun,
    RetrainingSchedule,
    RunStatus,
    Webhook,
    WebhookDelivery,
)


def retraining_schedules_for(actor: Actor) -> QuerySet[RetrainingSchedule]:
    """Schedules of the projects that the actor sees."""
    rows = RetrainingSchedule.objects.select_related("project")
    return in_projects_of(rows, actor)


def retraining_runs_for(actor: Actor) -> QuerySet[RetrainingRun]:
    """Runs in the projects that the actor sees, the newest first."""
    return in_projects_of(RetrainingRun.objects.all(), actor)


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


def webhooks_for(actor: Actor) -> QuerySet[Webhook]:
    """Webhooks of the projects in which the actor is at least an editor."""
    return in_projects_of(Webhook.objects.all(), actor, need="editor")


def webhook_deliveries_for(actor: Actor) -> QuerySet[WebhookDelivery]:
    """What those webhooks were told, the newest first."""
    return in_projects_of(WebhookDelivery.objects.all(), actor, need="editor")


def deliveries_due(now: datetime) -> QuerySet[WebhookDelivery]:
    """Of webhooks that are switched on."""
    waiting = WebhookDelivery.objects.filter(
        status=DeliveryStatus.PENDING, webhook__is_active=True
    )
    return waiting.filter(next_attempt_at__lte=now).order_by("next_attempt_at", "pk")


def webhooks_to_tell(now: datetime) -> list[int]:
    """Ids of webhooks for which something is due, those that wait longest first."""
    rows = deliveries_due(now).order_by().values("webhook")
    waiting = rows.annotate(since=Min("next_attempt_at")).order_by("since", "webhook")
    return [row["webhook"] for row in waiting]


def notices_due(now: datetime) -> QuerySet[RetrainingRun]:
    """Failed runs of which the owners are to be told by mail."""
    due = RetrainingRun.objects.filter(notice_at__lte=now).order_by("notice_at", "pk")
    return due.select_related("schedule__project")
