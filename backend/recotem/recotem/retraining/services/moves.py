"""From one status of a run to the next.

Whoever changes a run locks its schedule first, so that changes come one by one.
"""

from django.utils import timezone

from recotem.retraining.models import (
    OPEN,
    RetrainingRun,
    RetrainingSchedule,
    RunStatus,
)
from recotem.retraining.services.deliveries import run_ended
from recotem.retraining.timing import pause_after


def lock_schedule(pk: int) -> RetrainingSchedule | None:
    rows = RetrainingSchedule.objects.select_for_update(of=("self",))
    return rows.select_related("project").filter(pk=pk).first()


def lock_run(
    run: RetrainingRun, status: RunStatus
) -> tuple[RetrainingSchedule, RetrainingRun] | None:
    """Schedule and run as they are now; None if the run has left that status."""
    schedule = lock_schedule(run.schedule_id)
    rows = RetrainingRun.objects.select_for_update().filter(pk=run.pk, status=status)
    row = rows.first()
    return (schedule, row) if schedule and row else None


def has_open_run(schedule: RetrainingSchedule) -> bool:
    return schedule.runs.filter(status__in=OPEN).exists()


def move(schedule: RetrainingSchedule, run: RetrainingRun, status: RunStatus) -> None:
    """Save the run, and on the schedule how its last run stands."""
    run.status = status
    run.save()
    RetrainingSchedule.objects.filter(pk=schedule.pk).update(
        last_run_at=run.ins_datetime, last_run_status=status
    )


def end(
    schedule: RetrainingSchedule, run: RetrainingRun, status: RunStatus, why: str = ""
) -> None:
    run.error_message = why
    run.completed_at = timezone.now()
    run.next_attempt_at = None
    move(schedule, run, status)
    run_ended(schedule, run)


def fail(schedule: RetrainingSchedule, run: RetrainingRun, why: str) -> None:
    """End the run, and have the owners told if they want to be."""
    run.notice_at = timezone.now() if schedule.notify_on_failure else None
    end(schedule, run, RunStatus.FAILED, why)


def try_again(schedule: RetrainingSchedule, run: RetrainingRun, why: str) -> None:
    """Wait for the next attempt, longer each time; fail when there were enough."""
    if run.attempt > schedule.max_retries:
        fail(schedule, run, why)
        return
    run.next_attempt_at = timezone.now() + pause_after(run.attempt)
    run.attempt += 1
    run.error_message = why
    move(schedule, run, RunStatus.PENDING)
