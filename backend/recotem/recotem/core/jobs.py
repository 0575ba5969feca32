"""Starting background work without knowing who does it."""

from functools import partial

from celery import current_app
from django.db import transaction


def enqueue(name: str, /, **ids: int) -> None:
    """Send the task of this name once the transaction is committed.

    Raises NotRegistered at once for an unknown name. A broker that cannot be reached
    is logged, not raised: the row is there, and the reconciler sends it again.
    """
    task = current_app.tasks[name]
    transaction.on_commit(partial(task.apply_async, kwargs=ids), robust=True)
