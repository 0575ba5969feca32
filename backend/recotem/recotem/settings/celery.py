import os
from pathlib import Path

from kombu import Exchange, Queue

from . import env

__all__ = [
    "CELERY_BEAT_SCHEDULER",
    "CELERY_BROKER_CONNECTION_MAX_RETRIES",
    "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP",
    "CELERY_BROKER_TRANSPORT_OPTIONS",
    "CELERY_BROKER_URL",
    "CELERY_TASK_ACKS_LATE",
    "CELERY_TASK_DEFAULT_QUEUE",
    "CELERY_TASK_IGNORE_RESULT",
    "CELERY_TASK_QUEUES",
    "CELERY_TASK_ROUTES",
    "CELERY_TIMEZONE",
    "CELERY_WORKER_CONCURRENCY",
    "CELERY_WORKER_HIJACK_ROOT_LOGGER",
    "CELERY_WORKER_POOL",
    "CELERY_WORKER_PREFETCH_MULTIPLIER",
    "JOB_LEASE_SECONDS",
    "RECONCILE_SECONDS",
    "STEP_TIME_LIMIT",
    "TUNING_SLOTS",
]

CELERY_BROKER_URL = env.redis_url("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "default"
#: A worker that is not told otherwise serves all of them.
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name)
    for name in ("default", "training", "tuning")
]
CELERY_TASK_ROUTES = {
    "recotem.tuning.*": {"queue": "tuning", "routing_key": "tuning"},
    "recotem.training.*": {"queue": "training", "routing_key": "training"},
    "recotem.deployment.*": {"queue": "training", "routing_key": "training"},
}
#: A message only says that a row waits; the reconciler repeats what a dead worker had.
#: A late acknowledgement would end the worker if Redis had restarted in the meantime.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
#: Heavy work runs in killable child processes, so threads are enough here.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = env.text(
    "CELERY_BEAT_SCHEDULER", "django_celery_beat.schedulers:DatabaseScheduler"
)

#: Searches that one worker process runs at a time; each keeps a core busy.
TUNING_SLOTS = env.number("RECOTEM_TUNING_SLOTS", os.cpu_count() or 1)
#: Two threads more than searches, so that a training never waits for a search.
CELERY_WORKER_CONCURRENCY = env.number("CELERY_WORKER_CONCURRENCY", TUNING_SLOTS + 2)

#: An attempt that is silent for so long is given to another worker.
JOB_LEASE_SECONDS = env.number("RECOTEM_JOB_LEASE_SECONDS", 30)
#: How often each worker looks for jobs that were left lying.
RECONCILE_SECONDS = env.number("RECOTEM_RECONCILE_SECONDS", 10)

#: Seconds that one step of a job may take, such as a trial or a training. The thread of
#: a task cannot be stopped, its child process can; and since a child leaves nothing
#: whenever it is stopped, one limit is as soft as the other.
STEP_TIME_LIMIT = min(
    env.number("CELERY_TASK_TIME_LIMIT", 3600),
    env.number("CELERY_TASK_SOFT_TIME_LIMIT", 3480),
)


def _transport_options() -> dict[str, object]:
    if CELERY_BROKER_URL.startswith("redis"):
        return {"visibility_timeout": 12 * 3600, **env.REDIS_TIMEOUTS}
    if not CELERY_BROKER_URL.startswith("filesystem://"):
        return {}
    folder = Path(env.text("RECOTEM_HOME", ".")) / "broker"
    options: dict[str, object] = {"store_processed": False, "polling_interval": 0.2}
    names = {
        "data_folder_in": "messages",
        "data_folder_out": "messages",
        "processed_folder": "processed",
        "control_folder": "control",
    }
    for option, name in names.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        options[option] = str(folder / name)
    return options


CELERY_BROKER_TRANSPORT_OPTIONS = _transport_options()
