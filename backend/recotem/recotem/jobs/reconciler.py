"""The sweeper: whatever was lost between rows, workers and broker is put right."""

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import connections
from django.db.models.functions import Now

from recotem.core.sweeping import sweep_now_and_then
from recotem.jobs.attempts import lose_attempt
from recotem.jobs.bells import ring_workers
from recotem.jobs.holding import stopping
from recotem.jobs.models import OPEN, Job, JobAttempt

log = logging.getLogger(__name__)
_woken = threading.Event()

#: What other apps want done as regularly. Each may run in several workers at once.
CHORES: list[Callable[[], None]] = []


def reconcile() -> None:
    """End attempts whose lease ran out and call workers for jobs that lack them."""
    started = JobAttempt.objects.filter(status=JobAttempt.Status.STARTED)
    for attempt in started.filter(lease_until__lt=Now()).select_related("job"):
        lose_attempt(attempt, "its worker vanished")
    for job in Job.objects.filter(status__in=OPEN):
        _ring(job)
    for chore in CHORES:
        _do(chore)


def _ring(job: Job) -> None:
    """Call no more attempts than one worker holds; each worker has a reconciler."""
    try:
        ring_workers(job, at_most=settings.CELERY_WORKER_CONCURRENCY)
    except Exception:  # one bad row must not starve the other jobs
        log.exception("No worker could be called for job %s.", job.pk)


def _do(chore: Callable[[], None]) -> None:
    try:
        chore()
    except Exception:  # whatever ails one, the others are done
        log.exception("%s failed; it is tried again.", chore.__name__)


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
            sweep_now_and_then()
        except Exception:  # the database or the broker is away: try again later
            log.exception("Reconciling failed; it is tried again.")
        finally:
            connections.close_all()
        _woken.wait(settings.RECONCILE_SECONDS)
