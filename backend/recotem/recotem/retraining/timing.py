"""When a cron expression fires in its time zone, and when what failed is tried again.

No clock and no rows in here.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

_FIELDS = 5
FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)


class NeverFires(ValueError):
    """The expression is none, or no day answers to it; `str(error)` says which."""


def next_run(expression: str, zone: str, after: datetime) -> datetime:
    """The first moment later than `after`, in UTC. Raises NeverFires."""
    found = next(_moments(expression, zone, after), None)
    if found is None:
        raise NeverFires("No day answers to this expression.")
    return found


def next_runs(expression: str, zone: str, after: datetime, n: int) -> list[datetime]:
    """The first `n` moments later than `after`, in UTC."""
    return list(islice(_moments(expression, zone, after), n))


def in_words(expression: str) -> str:
    return _simulation(expression, datetime.now(UTC)).explain()


def pause_after(attempts: int) -> timedelta:
    """How long to wait once so many attempts, one at least, have failed."""
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def is_zone(name: str) -> bool:
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _moments(expression: str, zone: str, after: datetime) -> Iterator[datetime]:
    """In the hour that autumn repeats, the simulation may begin before `after`."""
    for moment in _simulation(expression, after.astimezone(ZoneInfo(zone))):
        if (found := moment.astimezone(UTC)) > after:
            yield found


def _simulation(expression: str, after: datetime) -> CronSim:
    if len(expression.split()) != _FIELDS:
        raise NeverFires("A cron expression has five fields.")
    try:
        return CronSim(expression, after)
    except CronSimError as error:
        raise NeverFires(f"{error}.") from error
