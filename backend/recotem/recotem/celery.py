"""The Celery application of web processes, workers and beat."""

import os

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recotem.settings")

app = Celery("recotem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _start_reconciling(**_kwargs: object) -> None:
    # Models can be imported only after Celery has set Django up.
    from recotem.jobs.reconciler import start_reconciler  # noqa: PLC0415

    start_reconciler()


@worker_shutting_down.connect
def _let_attempts_go(**_kwargs: object) -> None:
    from recotem.jobs.holding import stopping  # noqa: PLC0415  (as above)

    stopping.set()
