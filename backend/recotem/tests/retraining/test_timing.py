"""When a schedule fires. Pure: the clock is an argument."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from recotem.retraining.timing import NeverFires, in_words, next_run, next_runs

BERLIN = ZoneInfo("Europe/Berlin")


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    [
        "99 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "0 2 30 2 *",
        "0 2 31 4,6,9,11 *",
        "* * * * * *",
        "* * * *",
        "@daily",
        "5-1 * * * *",
        "*/0 * * * *",
        "1,,2 * * * *",
        "\u0663 * * * *",
        "",
        "every day",
    ],
)
def test_an_expression_that_never_fires_is_none(expression: str) -> None:
    with pytest.raises(NeverFires, match=r"\.$"):
        next_run(expression, "UTC", utc(2026, 1, 1))


def test_a_leap_day_is_waited_for() -> None:
    assert next_run("0 2 29 2 *", "UTC", utc(2026, 1, 1)) == utc(2028, 2, 29, 2)


def test_the_zone_says_what_two_in_the_morning_is() -> None:
    summer = utc(2026, 7, 1)
    assert next_run("0 2 * * *", "UTC", summer) == utc(2026, 7, 1, 2)
    assert next_run("0 2 * * *", "Asia/Tokyo", summer) == utc(2026, 7, 1, 17)
    assert next_run("0 2 * * *", "Europe/Berlin", summer) == utc(2026, 7, 2)


def test_what_falls_into_the_hour_that_spring_leaves_out_is_made_up_for() -> None:
    """On 29 March 2026 in Berlin, 02:00 to 03:00 do not exist."""
    runs = next_runs("30 2 * * *", "Europe/Berlin", utc(2026, 3, 28), 3)
    assert runs == [
        utc(2026, 3, 28, 1, 30),
        utc(2026, 3, 29, 1),
        utc(2026, 3, 30, 0, 30),
    ]


def test_what_falls_into_the_hour_that_autumn_repeats_happens_once() -> None:
    """On 25 October 2026 in Berlin, 02:00 to 03:00 come twice."""
    runs = next_runs("30 2 * * *", "Europe/Berlin", utc(2026, 10, 24, 12), 2)
    assert runs == [utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)]
    within_the_second = utc(2026, 10, 25, 1, 10)
    assert within_the_second.astimezone(BERLIN).hour == 2
    upcoming = next_run("30 2 * * *", "Europe/Berlin", within_the_second)
    assert upcoming == utc(2026, 10, 26, 1, 30)


def test_an_hourly_run_knows_no_seasons() -> None:
    runs = next_runs("0 * * * *", "Europe/Berlin", utc(2026, 10, 24, 23), 4)
    gaps = {later - one for one, later in pairwise(runs)}
    assert gaps == {timedelta(hours=1)}


def test_words_say_or_where_the_expression_does() -> None:
    assert in_words("0 2 * * 0") == "At 02:00 on Sunday"
    assert in_words("0 0 13 * 5") == "At 00:00 on the 13th day of month and on Friday"


NUMBERS = {
    "minute": st.sets(st.integers(0, 59), min_size=1, max_size=3),
    "hour": st.sets(st.integers(0, 23), min_size=1, max_size=3),
    "day": st.none() | st.sets(st.integers(1, 28), min_size=1, max_size=3),
    "month": st.none() | st.sets(st.integers(1, 12), min_size=1, max_size=3),
    "weekday": st.none() | st.sets(st.integers(0, 6), min_size=1, max_size=3),
}
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
)
MOMENTS = st.integers(0, 20 * 365 * 86_400).map(
    lambda seconds: utc(2020, 1, 1) + timedelta(seconds=seconds)
)


def field(values: set[int] | None) -> str:
    return ",".join(map(str, sorted(values))) if values else "*"


def answers_to(moment: datetime, fields: dict[str, set[int] | None]) -> bool:
    """What cron promises: both days where one is free, else one of them."""
    day, weekday = fields["day"], fields["weekday"]
    on_day = day is None or moment.day in day
    on_weekday = weekday is None or moment.isoweekday() % 7 in weekday
    both = day is None or weekday is None
    return (
        moment.minute in fields["minute"]
        and moment.hour in fields["hour"]
        and (fields["month"] is None or moment.month in fields["month"])
        and ((on_day and on_weekday) if both else (on_day or on_weekday))
    )


def exists(moment: datetime) -> bool:
    return moment.astimezone(UTC).astimezone(moment.tzinfo) == moment


#: No test measures time.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(st.fixed_dictionaries(NUMBERS), ZONES, MOMENTS)
@example(
    {"minute": {30}, "hour": {2}, "day": None, "month": None, "weekday": None},
    "Europe/Berlin",
    utc(2026, 10, 25, 1, 10),
)
def test_the_next_run_is_later_and_answers_to_the_expression(fields, zone, after):
    expression = " ".join(field(fields[name]) for name in NUMBERS)
    upcoming = next_run(expression, zone, after)
    assert upcoming > after
    assert upcoming.tzinfo is UTC
    assert (upcoming.second, upcoming.microsecond) == (0, 0)
    local = upcoming.astimezone(ZoneInfo(zone))
    wanted = [local - timedelta(minutes=gap) for gap in range(61)]
    moved = [moment for moment in wanted if moment == local or not exists(moment)]
    assert any(answers_to(moment, fields) for moment in moved)
    assert in_words(expression)


@unhurried
@given(st.text(alphabet="0123456789*/,-L#W jansu", max_size=24))
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    try:
        upcoming = next_run(text, "Europe/Berlin", utc(2026, 10, 24))
    except NeverFires:
        return
    assert upcoming > utc(2026, 10, 24)
    assert in_words(text)
