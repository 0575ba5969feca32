"""Threads that tell people and programs what became of runs.

They are beside the reconciler, which waits for no mail server and no receiver.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from django.db import connections
from django.utils import timezone

from recotem.retraining.selectors import notices_due, webhooks_to_tell
from recotem.retraining.services.deliveries import deliver
from recotem.retraining.services.notices import send_notices

log = logging.getLogger(__name__)

#: In each process that has a reconciler.
AT_ONCE = 8
_lock = threading.Lock()
_out: set[str] = set()


class Errand(NamedTuple):
    """Whom it is for, of whom one at a time is told, and what is to be done."""

    name: str
    act: Callable[[], None]


def send_out() -> None:
    """Start messengers for what is due, as many as there may be at once."""
    for _ in range(AT_ONCE):
        errand = _next()
        if errand is None:
            return
        start(errand)


def start(errand: Errand) -> None:
    name = f"messenger to {errand.name}"
    threading.Thread(
        target=_with_connection, args=(errand,), name=name, daemon=True
    ).start()


def _with_connection(errand: Errand) -> None:
    try:
        run(errand)
    finally:
        connections.close_all()


def run(errand: Errand | None) -> None:
    """One errand after the other, until nothing is due or one went wrong."""
    while errand is not None:
        try:
            errand.act()
        except Exception:
            log.exception(
                "Nothing could be told to %s; it is tried again.", errand.name
            )
            return
        finally:
            with _lock:
                _out.discard(errand.name)
        errand = _next()


def _next() -> Errand | None:
    for errand in _due():
        with _lock:
            if len(_out) < AT_ONCE and errand.name not in _out:
                _out.add(errand.name)
                return errand
    return None


def _due() -> Iterator[Errand]:
    now = timezone.now()
    if notices_due(now).exists():
        yield Errand("the mail server", send_notices)
    for webhook in webhooks_to_tell(now):
        yield Errand(f"webhook {webhook}", partial(deliver, webhook))
