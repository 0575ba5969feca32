"""What the reconciler of each worker does for schedules. Many may do it at once."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from recotem.retraining.models import RetrainingRun, RetrainingSchedule, RunStatus
from recotem.retraining.selectors import runs_to_begin, schedules_due
from recotem.retraining.services.deliveries import run_ended
from recotem.retraining.services.deploying import deployments_open, go_on
from recotem.retraining.services.moves import has_open_run, move
from recotem.retraining.services.runs import begin, settle
from recotem.retraining.timing import next_run

log = logging.getLogger(__name__)


def tick() -> None:
    """Fire what is due, begin what waits, and put right what was left lying."""
    _each(schedules_due(timezone.now()), fire)
    _each(runs_to_begin(timezone.now()), begin)
    _each(RetrainingRun.objects.filter(status=RunStatus.RUNNING), settle)
    _each(deployments_open(), go_on)


def _each[Row: (RetrainingSchedule, RetrainingRun)](
    rows: Iterable[Row], act: Callable[[Row], None]
) -> None:
    """One bad row must not keep the others waiting."""
    for row in rows:
        try:
            act(row)
        except Exception:
            log.exception("%s: %s failed; it is tried again.", row, act.__name__)


@transaction.atomic
def fire(schedule: RetrainingSchedule) -> None:
    """Make a run, once for all the times that were missed.

    Whoever moves `next_run_at` on is the one who fires.
    """
    due = RetrainingSchedule.objects.filter(
        pk=schedule.pk, is_enabled=True, next_run_at=schedule.next_run_at
    )
    now = timezone.now()
    upcoming = next_run(schedule.cron_expression, schedule.time_zone, now)
    if not due.update(next_run_at=upcoming):
        return
    if has_open_run(schedule):
        _refuse_overlap(schedule, now)
    else:
        run = RetrainingRun(
            project_id=schedule.project_id, schedule=schedule, next_attempt_at=now
        )
        move(schedule, run, RunStatus.PENDING)


def _refuse_overlap(schedule: RetrainingSchedule, now: datetime) -> None:
    run = schedule.runs.create(
        project_id=schedule.project_id,
        status=RunStatus.SKIPPED,
        completed_at=now,
        error_message="The run before it has not ended yet.",
    )
    run_ended(schedule, run)
