"""Webhooks as people set them."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.projects.models import Project
from recotem.projects.services import require_role
from recotem.retraining.errors import TooManyWebhooks, WebhookOff
from recotem.retraining.models import (
    DeliveryStatus,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from recotem.retraining.services.signatures import new_salt, secret_of

AT_MOST = 10
NOTED = ("url", "events", "is_active")
_USUAL = (WebhookEvent.RUN_FAILED.value,)


@transaction.atomic
def create_webhook(
    *,
    actor: Actor,
    project: Project,
    url: str,
    events: Sequence[str] = _USUAL,
    is_active: bool = True,
) -> tuple[Webhook, str]:
    """A webhook and its secret, which is told only now. Raises TooManyWebhooks."""
    require_role(actor, project, "editor")
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if locked.webhooks.count() >= AT_MOST:
        raise TooManyWebhooks
    webhook = Webhook.objects.create(
        project=locked,
        url=url,
        events=_in_order(events),
        is_active=is_active,
        secret_salt=new_salt(),
    )
    after = facts(webhook, NOTED)
    record(actor, Action.CREATE, webhook, after=after, project=locked.pk)
    return webhook, secret_of(webhook.secret_salt)


@transaction.atomic
def update_webhook(
    *, actor: Actor, webhook: Webhook, changes: Mapping[str, object]
) -> Webhook:
    """What waits goes to the new address; once it is off, nothing goes any more."""
    require_role(actor, webhook.project_id, "editor")
    row = Webhook.objects.select_for_update().get(pk=webhook.pk)
    before = facts(row, NOTED)
    for name, value in changes.items():
        setattr(row, name, value)
    row.events = _in_order(row.events)
    row.save(update_fields=[*NOTED, "updated_at"])
    if not row.is_active:
        _give_up(row)
    after = facts(row, NOTED)
    record(actor, Action.UPDATE, row, before, after, project=row.project_id)
    return row


def _give_up(webhook: Webhook) -> None:
    """Nobody wants to hear it later."""
    waiting = webhook.deliveries.filter(status=DeliveryStatus.PENDING)
    waiting.update(
        status=DeliveryStatus.FAILED,
        next_attempt_at=None,
        last_error="The webhook was switched off.",
        updated_at=timezone.now(),
    )


@transaction.atomic
def delete_webhook(*, actor: Actor, webhook: Webhook) -> None:
    require_role(actor, webhook.project_id, "owner")
    before = facts(webhook, NOTED)
    record(actor, Action.DELETE, webhook, before, project=webhook.project_id)
    webhook.delete()


@transaction.atomic
def rotate_secret(*, actor: Actor, webhook: Webhook) -> str:
    """Another secret; for a day both sign, so that receivers can change over."""
    require_role(actor, webhook.project_id, "editor")
    row = Webhook.objects.select_for_update().get(pk=webhook.pk)
    row.former_salt, row.secret_salt = row.secret_salt, new_salt()
    row.rotated_at = timezone.now()
    row.save(update_fields=["former_salt", "secret_salt", "rotated_at", "updated_at"])
    after = {"secret": "rotated"}
    record(actor, Action.UPDATE, row, after=after, project=row.project_id)
    return secret_of(row.secret_salt)


@transaction.atomic
def ping(*, actor: Actor, webhook: Webhook) -> WebhookDelivery:
    """Something to tell, so that one sees whether it arrives. Raises WebhookOff."""
    require_role(actor, webhook.project_id, "editor")
    row = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if not row.is_active:
        raise WebhookOff
    event = WebhookEvent.PING
    body = {"event": event, "project": row.project_id, "webhook": row.pk}
    delivery = row.deliveries.create(
        project_id=row.project_id,
        event=event,
        body=body,
        next_attempt_at=timezone.now(),
    )
    after = {"event": event.value}
    record(actor, Action.CREATE, delivery, after=after, project=row.project_id)
    return delivery


def _in_order(events: Sequence[str]) -> list[str]:
    """Each event once, in the order in which they are always listed."""
    return [event.value for event in WebhookEvent if event in events]
