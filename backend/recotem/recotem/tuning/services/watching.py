"""What somebody who follows a tuning job over a socket may see, and sees."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recotem.accounts.models import Session
from recotem.accounts.selectors import live_sessions
from recotem.accounts.services import session_of_access
from recotem.core.actor import Actor
from recotem.jobs.models import Job, TaskLog
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.selectors import tuning_jobs_for

NOT_SIGNED_IN = 4401
NO_ACCESS = 4403
NOT_FOUND = 4404

#: Stored lines that a newcomer is sent.
NEWEST = 500


class WatchRefused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Watch:
    """A session that follows a tuning job."""

    session_id: int
    tuning_job_id: int
    job_id: int


def begin_watch(token: str, tuning_job_id: int) -> Watch:
    """Raises WatchRefused."""
    session = session_of_access(token)
    job_id = _allowed_job(session, tuning_job_id)
    return Watch(session.pk if session else 0, tuning_job_id, job_id)


def refusals(watches: Collection[Watch]) -> dict[Watch, int]:
    """Those of them that may not go on, with the code that says why."""
    sessions = live_sessions({watch.session_id for watch in watches})
    refused: dict[Watch, int] = {}
    for watch in watches:
        try:
            _allowed_job(sessions.get(watch.session_id), watch.tuning_job_id)
        except WatchRefused as refusal:
            refused[watch] = refusal.code
    return refused


def _allowed_job(session: Session | None, tuning_job_id: int) -> int:
    if session is None:
        raise WatchRefused(NOT_SIGNED_IN)
    rows = ParameterTuningJob.objects.filter(pk=tuning_job_id)
    job_id = rows.values_list("job_id", flat=True).first()
    if job_id is None:
        raise WatchRefused(NOT_FOUND)
    if not tuning_jobs_for(Actor(session.user)).filter(pk=tuning_job_id).exists():
        raise WatchRefused(NO_ACCESS)
    return job_id


@dataclass(frozen=True)
class News:
    """The state of a job, and lines in the order of their ids, none older than it.

    seq: the id of the last line that is known now.
    """

    status: str
    data: dict[str, Any]
    lines: list[TaskLog]
    seq: int

    @property
    def state(self) -> tuple[str, dict[str, Any]]:
        return self.status, self.data


def read_news(job_id: int, since: int | None) -> News:
    """All lines after `since`; for a newcomer, who has none, the newest.

    Raises WatchRefused when the job is gone.
    """
    status, data = _state(job_id)
    rows = TaskLog.objects.filter(job_id=job_id)
    if since is None:
        lines = list(rows.order_by("-id")[:NEWEST])[::-1]
    else:
        lines = list(rows.filter(pk__gt=since).order_by("id"))
    return News(status, data, lines, lines[-1].pk if lines else since or 0)


def _state(job_id: int) -> tuple[str, dict[str, Any]]:
    """Read before the lines, so that no line that led to it comes after it."""
    job = Job.objects.filter(pk=job_id).select_related("tuning_job").first()
    if job is None:
        raise WatchRefused(NOT_FOUND)
    tuning_job = job.tuning_job
    return job.status, {
        "n_trials": tuning_job.n_trials,
        "trials_done": 0,
        **job.progress,
        "error": job.error,
        "best_config": tuning_job.best_config_id,
        "tuned_model": tuning_job.tuned_model_id,
        "started_at": _iso(job.started_at),
        "ended_at": _iso(job.ended_at),
    }


def _iso(moment: datetime | None) -> str | None:
    """UTC, written as everywhere in the API."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
