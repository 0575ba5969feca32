"""How many searches one worker process runs at a time.

Searches last; without this bound they would take every thread of the worker, and a
training of five seconds would wait for hours.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from recotem.jobs.reconciler import wake

_slots = threading.BoundedSemaphore(max(1, settings.TUNING_SLOTS))


@contextmanager
def tuning_slot() -> Iterator[bool]:
    """Whether there is room. When room is made, jobs that were refused are called."""
    free = _slots.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            _slots.release()
            wake()
