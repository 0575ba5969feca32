"""The heartbeat of an attempt."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.models.functions import Now

from recotem.jobs.errors import AttemptLost
from recotem.jobs.models import OPEN, JobAttempt, JobStatus

log = logging.getLogger(__name__)

#: Set when this process is told to stop; every attempt in it then lets go.
stopping = threading.Event()

#: Seconds between looks at the job's row, so that a cancel is noticed soon.
LOOK_SECONDS = 1.0


class StopReason(StrEnum):
    LOST = "lost"
    CANCELLED = "cancelled"
    STOPPING = "stopping"


class Held:
    """An attempt that this process works on."""

    def __init__(self, attempt: JobAttempt) -> None:
        self.attempt = attempt
        self._reason: StopReason | None = None
        self._renewed = time.monotonic()

    def stop_reason(self) -> str | None:
        """Why the work must stop now, for `Compute.call(should_stop=…)`.

        A lease that could not be renewed is taken for lost, though nobody may say so.
        """
        if self._reason is None and stopping.is_set():
            return StopReason.STOPPING
        silent = time.monotonic() - self._renewed
        if self._reason is None and silent > settings.JOB_LEASE_SECONDS:
            self._reason = StopReason.LOST
        return self._reason

    def outlast[**P, T](
        self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do a step on rows, again and again while the database is away.

        Raises AttemptLost when it is away for so long that the lease runs out.
        """
        while True:
            try:
                return step(*args, **kwargs)
            except (InterfaceError, OperationalError):
                log.warning("The database is away; the attempt waits.", exc_info=True)
                connections.close_all()
            if self.stop_reason():
                raise AttemptLost
            time.sleep(LOOK_SECONDS)

    @property
    def lost(self) -> bool:
        return self._reason == StopReason.LOST

    @property
    def cancelled(self) -> bool:
        return self._reason == StopReason.CANCELLED

    def look(self) -> None:
        """Read whether the job is still ours, and renew the lease in time."""
        now = time.monotonic()
        mine = JobAttempt.objects.filter(
            pk=self.attempt.pk, status=JobAttempt.Status.STARTED
        )
        status = mine.values_list("job__status", flat=True).first()
        if status not in OPEN:
            cancelled = status == JobStatus.CANCELLED
            self._reason = StopReason.CANCELLED if cancelled else StopReason.LOST
        elif now - self._renewed >= settings.JOB_LEASE_SECONDS / 6:
            lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
            if mine.update(lease_until=Now() + lease):
                self._renewed = now


@contextmanager
def hold(attempt: JobAttempt) -> Iterator[Held]:
    """Keep the attempt's lease alive from a thread while the block runs."""
    held = Held(attempt)
    done = threading.Event()
    beat = threading.Thread(
        target=_beat, args=(held, done), name=f"attempt-{attempt.pk}", daemon=True
    )
    beat.start()
    try:
        yield held
    finally:
        done.set()
        beat.join()


def _beat(held: Held, done: threading.Event) -> None:
    pause = min(LOOK_SECONDS, settings.JOB_LEASE_SECONDS / 6)
    try:
        while not done.wait(pause):
            try:
                held.look()
            except DatabaseError:
                log.warning("No heartbeat: the database is away.", exc_info=True)
                connections.close_all()
    finally:
        connections.close_all()
