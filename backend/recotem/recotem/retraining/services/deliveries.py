"""What webhooks are told, from the end of a run to the answer of the receiver."""

import json
from datetime import datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone

from recotem.retraining.models import (
    DeliveryStatus,
    RetrainingRun,
    RetrainingSchedule,
    RunStatus,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from recotem.retraining.selectors import deliveries_due
from recotem.retraining.services.posting import Unreachable, post
from recotem.retraining.services.signatures import signed_headers
from recotem.retraining.timing import FIRST_PAUSE, pause_after

#: After this long no further attempt follows.
GIVEN_UP_AFTER = timedelta(days=1)
#: So many are told in a row before other webhooks have their turn.
_IN_A_ROW = 20
_EVENT_OF = {
    RunStatus.COMPLETED: WebhookEvent.RUN_COMPLETED,
    RunStatus.FAILED: WebhookEvent.RUN_FAILED,
    RunStatus.SKIPPED: WebhookEvent.RUN_SKIPPED,
}
#: Fields of a run as the API shows it; rows by their id.
_TOLD = (
    "id",
    "status",
    "is_manual",
    "error_message",
    "data_rows_at_trigger",
    "attempt",
    "ins_datetime",
    "completed_at",
)


def run_ended(schedule: RetrainingSchedule, run: RetrainingRun) -> None:
    """A delivery for each webhook that wants to hear it, with the end of the run."""
    event = _EVENT_OF[RunStatus(run.status)]
    hooks = Webhook.objects.filter(project=schedule.project_id, is_active=True)
    wanting = [hook for hook in hooks if event in hook.events]
    body = _body(schedule, run, event) if wanting else None
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            project_id=hook.project_id,
            webhook=hook,
            run=run,
            event=event,
            body=body,
            next_attempt_at=timezone.now(),
        )
        for hook in wanting
    )


def _body(
    schedule: RetrainingSchedule, run: RetrainingRun, event: WebhookEvent
) -> dict[str, object]:
    links = {"trained_model": run.trained_model_id, "tuning_job": run.tuning_job_id}
    return {
        "event": event,
        "project": schedule.project_id,
        "project_name": schedule.project.name,
        "schedule": schedule.pk,
        "run": {name: getattr(run, name) for name in _TOLD} | links,
    }


def deliver(webhook_id: int) -> None:
    """Tell a webhook what is due, the oldest first, until it cannot be reached."""
    due = deliveries_due(timezone.now()).filter(webhook=webhook_id)
    for delivery in due.select_related("webhook")[:_IN_A_ROW]:
        if _claim(delivery) and not _attempt(delivery):
            _leave_alone(webhook_id)
            return


def _claim(delivery: WebhookDelivery) -> bool:
    """Of all who saw it due, one tells it. If he dies, the next attempt is planned."""
    mine = _waiting().filter(pk=delivery.pk, next_attempt_at=delivery.next_attempt_at)
    attempts = delivery.attempts + 1
    planned = timezone.now() + pause_after(attempts)
    return bool(mine.update(attempts=attempts, next_attempt_at=planned))


def _attempt(delivery: WebhookDelivery) -> bool:
    """Whether somebody answered, whatever he said."""
    webhook = delivery.webhook
    body = json.dumps(delivery.body, cls=DjangoJSONEncoder, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Recotem-Event": delivery.event,
        "X-Recotem-Delivery": str(delivery.pk),
        **signed_headers(webhook, body, timezone.now()),
    }
    try:
        status = post(webhook.url, body, headers)
    except Unreachable as error:
        _note(delivery, None, str(error))
        return False
    well = 200 <= status < 300
    _note(delivery, status, "" if well else _complaint(status))
    return True


def _complaint(status: int) -> str:
    hint = " Redirects are not followed." if 300 <= status < 400 else ""
    return f"The answer was {status}.{hint}"


def _note(delivery: WebhookDelivery, response: int | None, error: str) -> None:
    """How this attempt went: on the delivery, and on the webhook for all to see."""
    now = timezone.now()
    status = _status(delivery, error, now)
    ended = {} if status == DeliveryStatus.PENDING else {"next_attempt_at": None}
    _waiting().filter(pk=delivery.pk).update(
        status=status,
        response_status=response,
        last_error=error,
        delivered_at=None if error else now,
        updated_at=now,
        **ended,
    )
    Webhook.objects.filter(pk=delivery.webhook_id).update(
        last_status=status, last_error=error, last_attempt_at=now
    )


def _status(delivery: WebhookDelivery, error: str, now: datetime) -> DeliveryStatus:
    if not error:
        return DeliveryStatus.DELIVERED
    is_old = now >= delivery.ins_datetime + GIVEN_UP_AFTER
    return DeliveryStatus.FAILED if is_old else DeliveryStatus.PENDING


def _leave_alone(webhook_id: int) -> None:
    """Who could not be reached once is not asked about the rest right away."""
    now = timezone.now()
    due = _waiting().filter(webhook=webhook_id, next_attempt_at__lte=now)
    due.update(next_attempt_at=now + FIRST_PAUSE)


def _waiting() -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING)
