"""What a test says, in a sentence, for those who decide."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from recotem.experiments.analysis.rates import Arm, Sequential


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    BROKEN = "broken"
    COLLECTING = "collecting"
    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True)
class Verdict:
    """days_left: until the planned size at the pace of the last days, where users are
    still to come; None where nobody knows."""

    state: State
    sentence: str
    days_left: int | None = None


@dataclass(frozen=True)
class Evidence:
    """control_name, variant_name: of the slots. is_running: whether it has started and
    not ended. is_split_broken: whether users are not split as planned. planned_share:
    of the variant. daily: new users of the smaller arm in a day."""

    control_name: str
    variant_name: str
    control: Arm
    variant: Arm
    found: Sequential
    is_started: bool
    is_running: bool
    is_split_broken: bool
    planned_share: float
    min_sample_size: int
    daily: float


def verdict_on(it: Evidence) -> Verdict:
    """The first thing that is to be said."""
    if not it.is_started:
        return Verdict(State.DRAFT, "The test has not been started.")
    if not (it.control.users and it.variant.users):
        return Verdict(State.WAITING, _waiting(it))
    if it.is_split_broken:
        return Verdict(State.BROKEN, _broken(it))
    if it.found.significant:
        state = State.BETTER if it.found.difference[0] > 0 else State.WORSE
        return Verdict(state, _decided(it, state))
    missing = it.min_sample_size - min(it.control.users, it.variant.users)
    if missing > 0:
        days = ceil(missing / it.daily) if it.daily and it.is_running else None
        return Verdict(State.COLLECTING, _collecting(it, days), days)
    return Verdict(State.NO_DIFFERENCE, _no_difference(it))


def _waiting(it: Evidence) -> str:
    empty = [
        name
        for name, arm in (
            (it.control_name, it.control),
            (it.variant_name, it.variant),
        )
        if not arm.users
    ]
    return f"Nobody has been shown anything by {' or '.join(empty)} yet."


def _broken(it: Evidence) -> str:
    users = it.control.users + it.variant.users
    planned = _split(1 - it.planned_share, it.planned_share)
    seen = _split(it.control.users / users, it.variant.users / users)
    return (
        f"Broken: users are split {seen} where {planned} was planned, which should not "
        "happen. Find out what loses users of one slot before you believe the rest."
    )


def _decided(it: Evidence, state: State) -> str:
    verb = "is" if it.is_running else "was"
    advice = " You may stop." if it.is_running else ""
    return (
        f"{it.variant_name} {verb} {state} than {it.control_name} by "
        f"{_size(it.found)}.{advice}"
    )


def _collecting(it: Evidence, days: int | None) -> str:
    if not it.is_running:
        return f"It ended before there was enough to tell: {_range(it)}."
    if days is None:
        return "Not enough yet."
    return f"Not enough yet: about {days} {'day' if days == 1 else 'days'}."


def _no_difference(it: Evidence) -> str:
    advice = (
        " You may stop, or go on if less would matter to you." if it.is_running else ""
    )
    return f"No difference found: {_range(it)}.{advice}"


def _size(found: Sequential) -> str:
    """The interval without its sign, in percent or, failing that, in points."""
    if found.lift is None:
        low, high = sorted(abs(end) * 100 for end in found.difference)
        return f"{_digits(low)} to {_digits(high)} percentage points"
    low, high = sorted(abs(end) for end in found.lift)
    return f"{_digits(low)} to {_digits(high)} %"


def _range(it: Evidence) -> str:
    if it.found.lift is None:
        low, high = (end * 100 for end in it.found.difference)
        unit = "percentage points"
    else:
        (low, high), unit = it.found.lift, "%"
    return (
        f"{it.variant_name} lies between {_digits(-low)} {unit} below and "
        f"{_digits(high)} {unit} above {it.control_name}"
    )


def _split(control: float, variant: float) -> str:
    return f"{control * 100:.1f}/{variant * 100:.1f}"


def _digits(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 10 else f"{number:.1f}"
