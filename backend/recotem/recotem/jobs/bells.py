"""Wake those who wait. Every bell may be lost: whoever waits also looks by himself."""

import logging

from asgiref.sync import async_to_sync
from celery import current_app
from channels.layers import get_channel_layer
from django.conf import settings

from recotem.jobs.kinds import kind_of
from recotem.jobs.models import OPEN, Job, JobAttempt

log = logging.getLogger(__name__)


def missing_attempts(job: Job) -> int:
    """How many attempts an open job could use beyond those that live."""
    if job.status not in OPEN:
        return 0
    wanted = min(job.parallelism, kind_of(job).wanted(job))
    alive = job.attempts.filter(status=JobAttempt.Status.STARTED).count()
    return max(0, wanted - alive)


def ring_workers(job: Job, *, at_most: int | None = None) -> None:
    """Send one task per missing attempt; old messages expire unread."""
    kind = kind_of(job)
    for _ in range(missing_attempts(job))[:at_most]:
        current_app.send_task(
            kind.task_name,
            kwargs=kind.arguments(job),
            expires=6 * settings.RECONCILE_SECONDS,
        )


def listeners_of(job_id: int) -> str:
    """The channel group of those who watch a job."""
    return f"job.{job_id}"


def ring_listeners(job_id: int) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        send = async_to_sync(layer.group_send)
        send(listeners_of(job_id), {"type": "job.changed"})
    except Exception as error:  # whatever ails the layer, the listeners poll
        log.warning("The watchers of job %s were not woken: %s", job_id, error)
