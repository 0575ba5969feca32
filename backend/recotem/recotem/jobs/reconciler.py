"""The sweeper: whatever was lost between rows, workers and broker is put right."""

import logging
import threading

from django.conf import settings
from django.db import connections
from django.db.models.functions import Now

from recotem.jobs.attempts import lose_attempt
from recotem.jobs.bells import ring_workers
from recotem.jobs.holding import stopping
from recotem.jobs.models import OPEN, Job, JobAttempt

log = logging.getLogger(__name__)
_woken = threading.Event()


def reconcile() -> None:
    """End attempts whose lease ran out and call workers for jobs that lack them."""
    started = JobAttempt.objects.filter(status=JobAttempt.Status.STARTED)
    for attempt in started.filter(lease_until__lt=Now()).select_related("job"):
        lose_attempt(attempt, "its worker vanished")
    for job in Job.objects.filter(status__in=OPEN):
        _ring(job)


def _ring(job: Job) -> None:
    """Call no more attempts than one worker holds; each worker has a reconciler."""
    try:
        ring_workers(job, at_most=settings.CELERY_WORKER_CONCURRENCY)
    except Exception:  # one bad row must not starve the other jobs
        log.exception("No worker could be called for job %s.", job.pk)


def wake() -> None:
    """Reconcile soon; this process has room for work again."""
    _woken.set()


def start_reconciler() -> threading.Thread:
    """Reconcile now and every RECONCILE_SECONDS, until the process stops."""
    thread = threading.Thread(target=_sweep, name="reconciler", daemon=True)
    thread.start()
    return thread


def _sweep() -> None:
    while not stopping.is_set():
        _woken.clear()
        try:
            reconcile()
        except Exception:  # the database or the broker is away: try again later
            log.exception("Reconciling failed; it is tried again.")
        finally:
            connections.close_all()
        _woken.wait(settings.RECONCILE_SECONDS)
