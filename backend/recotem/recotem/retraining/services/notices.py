"""Mails to the owners of a project whose retraining failed."""

import logging
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.utils import timezone

from recotem.accounts.models import User
from recotem.projects.models import Membership, Project
from recotem.retraining.models import RetrainingRun
from recotem.retraining.selectors import notices_due

log = logging.getLogger(__name__)

_PAUSE = timedelta(minutes=10)
#: After this long a mail that cannot be sent is given up.
_STALE = timedelta(days=1)


def send_notices() -> None:
    """All that are due; what the mail server refuses is tried again after a pause."""
    for run in notices_due(timezone.now()):
        try:
            _send(run)
        except Exception:
            log.exception("Owners could not be told of the end of run %s.", run.pk)


def _send(run: RetrainingRun) -> None:
    """Of all who saw it due, one sends it."""
    now = timezone.now()
    mine = RetrainingRun.objects.filter(pk=run.pk, notice_at=run.notice_at)
    if not mine.update(notice_at=now + _PAUSE):
        return
    if _is_wanted(run, now):
        project = run.schedule.project
        send_mail(
            f"Recotem: retraining of {_one_line(project.name)} failed",
            _text(run),
            None,
            _owners(project),
        )
    RetrainingRun.objects.filter(pk=run.pk).update(notice_at=None)


def _is_wanted(run: RetrainingRun, now: datetime) -> bool:
    if not settings.EMAIL_HOST:
        _say_once("There is no EMAIL_HOST: nobody is told of failed retraining.")
        return False
    return run.completed_at is not None and run.completed_at > now - _STALE


@cache
def _say_once(sentence: str) -> None:
    log.warning(sentence)


def _owners(project: Project) -> list[str]:
    role = Membership.Role.OWNER
    member = Q(memberships__project=project, memberships__role=role)
    owners = User.objects.filter(Q(pk=project.owner_id) | member, is_active=True)
    found = owners.exclude(email="").values_list("email", flat=True)
    return sorted(set(found))


def _text(run: RetrainingRun) -> str:
    schedule = run.schedule
    coming = schedule.next_run_at
    return "\n".join(
        [
            f"Project: {_one_line(schedule.project.name)} ({schedule.project_id})",
            f"Run: {run.pk}, after {run.attempt} attempts",
            f"Reason: {run.error_message}",
            f"Next run: {coming.isoformat() if coming else 'none'}",
        ]
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
