"""What the kinds of jobs tell this app about themselves.

The apps that own a kind register it in their `AppConfig.ready`, so that jobs can be
started again, and ended by a cancel or a sweeper, without importing those apps.
"""

from collections.abc import Callable
from dataclasses import dataclass

from recotem.jobs.models import Job, JobAttempt


def _nothing_more(_job: Job) -> None:
    return None


def _nothing_held(_attempt: JobAttempt, *, crashed: bool) -> None:
    return None


def _all_at_once(job: Job) -> int:
    return job.parallelism


@dataclass(frozen=True)
class JobKind:
    """How to start an attempt, and what a job owns beside its own rows.

    arguments: keyword arguments of the task for a job.
    on_end: called inside the transaction that ends the job, whatever its end.
    on_release: called inside the transaction that takes an attempt from its worker;
        `crashed` when it did not let go by itself.
    wanted: how many attempts an open job can use now.
    """

    name: str
    task_name: str
    arguments: Callable[[Job], dict[str, int]]
    on_end: Callable[[Job], None] = _nothing_more
    on_release: Callable[..., None] = _nothing_held
    wanted: Callable[[Job], int] = _all_at_once


_kinds: dict[str, JobKind] = {}
#: Who else is told of the end of a job of any kind, in the same transaction.
ENDINGS: list[Callable[[Job], None]] = []


def register(kind: JobKind) -> None:
    _kinds[kind.name] = kind


def kind_of(job: Job) -> JobKind:
    """KeyError when no app has registered the job's kind."""
    return _kinds[job.kind]
