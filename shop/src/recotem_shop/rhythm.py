"""When people come: more in the evening than at night, most on Sunday."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

HOUR = 1.0 / 24.0
#: Visits in the hours of a day and on the days of a week (Monday first), relatively.
BY_HOUR = np.array(
    [3, 2, 1, 1, 1, 2, 4, 6, 7, 7, 7, 8, 9, 8, 7, 7, 8, 9, 11, 13, 14, 13, 9, 5.0]
)
BY_WEEKDAY = np.array([9, 9, 9, 10, 10, 12, 14.0])


def intensity(opened: datetime, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many times the usual number of visits come at a time; 1 in the mean.

    days: since the opening, shape (n,).
    """
    since_monday = (
        days + opened.weekday() + opened.hour * HOUR + opened.minute * HOUR / 60
    )
    hour = np.floor(since_monday % 1.0 / HOUR).astype(int) % 24
    weekday = np.floor(since_monday).astype(int) % 7
    by_hour, by_weekday = BY_HOUR / BY_HOUR.mean(), BY_WEEKDAY / BY_WEEKDAY.mean()
    return np.asarray(by_hour[hour] * by_weekday[weekday])


def visit_days(
    rng: np.random.Generator, opened: datetime, start: float, end: float, visits: int
) -> NDArray[np.float64]:
    """Times of so many visits between two days, in order, by the rhythm of the week."""
    hours = np.arange(start, end, HOUR)
    lengths = np.minimum(HOUR, end - hours)
    weights = lengths * intensity(opened, hours + lengths / 2)
    chosen = rng.choice(len(hours), size=visits, p=weights / weights.sum())
    return np.sort(hours[chosen] + lengths[chosen] * rng.random(visits))
