"""May this candidate take the champion's place? Limits, and a sentence for each check.

The rule for the target metric is one of non-inferiority (Piaggio et al., JAMA 2012):
the whole interval of the relative difference has to lie above minus the tolerated
loss. So about 2.5 % of the candidates that lose just as much pass, and fewer of those
that lose more, with however few users; how many of the better ones pass depends on the
number of users.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from recotem_engine.comparison import SHOWN, Comparison
from recotem_engine.errors import ConfigError
from recotem_engine.types import JsonObject

WHEN_UNSURE = ("refuse", "pass")


@dataclass(frozen=True)
class Limits:
    """What the gate lets through. Raises ConfigError bad_parameter.

    largest_loss: tolerated of the target metric, in parts of the champion's.
    smallest_n_users: with fewer, nothing passes. when_unsure: what happens when the
    users are enough for that but not to tell whether the loss is tolerated; pass then
    goes by the difference as measured. The ratios are candidate to champion; a latency
    up to harmless_latency_ms and a size up to harmless_n_bytes are never refused.
    """

    largest_loss: float = 0.03
    smallest_n_users: int = 200
    when_unsure: Literal["refuse", "pass"] = "refuse"
    lowest_coverage_ratio: float = 0.5
    largest_changed_share: float = 0.95
    largest_latency_ratio: float = 5.0
    harmless_latency_ms: float = 2.0
    largest_size_ratio: float = 10.0
    harmless_n_bytes: int = 100_000_000

    def __post_init__(self) -> None:
        for name in ("largest_loss", "largest_changed_share", "lowest_coverage_ratio"):
            _require(0 <= getattr(self, name) <= 1, f"{name} lies between 0 and 1.")
        for name in ("largest_latency_ratio", "largest_size_ratio"):
            _require(0 < getattr(self, name) < math.inf, f"{name} is greater than 0.")
        for name in ("harmless_latency_ms", "harmless_n_bytes"):
            _require(0 <= getattr(self, name) < math.inf, f"{name} is not negative.")
        _require(self.smallest_n_users >= 1, "smallest_n_users is at least 1.")
        _require(
            self.when_unsure in WHEN_UNSURE, "when_unsure is one of refuse and pass."
        )

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Limits that are not given have their defaults."""
        return cls(**values)


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001
    if not holds:
        raise ConfigError("bad_parameter", f"These limits do not work: {sentence}")


@dataclass(frozen=True)
class Check:
    """One limit: what was found, None if it could not be; why it passed or not."""

    name: str
    value: float | None
    limit: float
    passed: bool
    sentence: str

    def to_json(self) -> JsonObject:
        return asdict(self)


@dataclass(frozen=True)
class Verdict:
    """Passed if every check has."""

    passed: bool
    checks: list[Check]

    @property
    def refusals(self) -> list[str]:
        """The sentences of what did not pass."""
        return [check.sentence for check in self.checks if not check.passed]

    def to_json(self) -> JsonObject:
        checks = [check.to_json() for check in self.checks]
        return {"passed": self.passed, "checks": [*checks]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(values["passed"], [Check(**check) for check in values["checks"]])


def judge(comparison: Comparison, limits: Limits) -> Verdict:
    """Check each limit; without users that is only their number."""
    checks = list(_checks(comparison, limits))
    return Verdict(all(check.passed for check in checks), checks)


def _checks(comparison: Comparison, limits: Limits) -> Iterator[Check]:
    yield _n_users(comparison, limits)
    if comparison.n_users:
        yield _target_metric(comparison, limits)
        yield _coverage(comparison, limits)
        yield _changed_lists(comparison, limits)
        yield _latency(comparison, limits)
        yield _size(comparison, limits)


def _n_users(comparison: Comparison, limits: Limits) -> Check:
    found, needed = comparison.n_users, limits.smallest_n_users
    passed = found >= needed
    sentence = (
        f"{found:,} users were asked; at least {needed:,} are needed."
        if passed
        else f"Not enough users to tell: {found:,} could be asked, and at least "
        f"{needed:,} are needed."
    )
    return Check("n_users", found, needed, passed, sentence)


def _target_metric(comparison: Comparison, limits: Limits) -> Check:
    """The lower end of the interval of the relative difference against the loss."""
    name, limit = "target_metric", -limits.largest_loss
    metric = f"{comparison.target_metric}@{comparison.cutoff}"
    relative, interval = comparison.relative_difference, comparison.relative_interval
    if relative is None or interval is None:
        passed = limits.when_unsure == "pass" and (comparison.difference or 0) > 0
        return Check(name, None, limit, passed, _no_percent(comparison, metric, passed))
    found = (
        f"The candidate's {metric} is {_change(relative)} than the champion's "
        f"({100 * comparison.level:g} % interval {_signed(interval[0])} to "
        f"{_signed(interval[1])}, {comparison.n_users:,} users)"
    )
    return Check(name, interval[0], limit, *_judged(comparison, limits, found))


def _judged(comparison: Comparison, limits: Limits, found: str) -> tuple[bool, str]:
    """By an interval: tolerated, too much as measured, or too few users to tell."""
    relative = comparison.relative_difference or 0.0
    low, _ = comparison.relative_interval or (0.0, 0.0)
    loss = _percent(limits.largest_loss)
    if low >= -limits.largest_loss:
        return True, f"{found}; a loss of more than {loss} is ruled out."
    if relative <= -limits.largest_loss:
        return False, f"{found}; no more than {loss} may be lost."
    needed = _users_needed(comparison, limits)
    unsure = (
        f"{found}. Not enough users to tell: a loss of more than {loss} is not ruled "
        f"out; if the difference stays, about {needed:,} users are needed"
    )
    if limits.when_unsure == "pass":
        return True, f"{unsure}. It passes, as the limits say for this case."
    return False, f"{unsure}."


def _users_needed(comparison: Comparison, limits: Limits) -> int:
    """With which the interval's lower half, as n^-1/2, would reach just to the limit.

    Two digits, rounded up.
    """
    relative = comparison.relative_difference or 0.0
    low, _ = comparison.relative_interval or (0.0, 0.0)
    times = ((relative - low) / (relative + limits.largest_loss)) ** 2
    needed = math.ceil(comparison.n_users * times)
    unit = int(10 ** max(0, len(str(needed)) - 2))
    return math.ceil(needed / unit) * unit


def _no_percent(comparison: Comparison, metric: str, passed: bool) -> str:  # noqa: FBT001
    ours = comparison.candidate.metrics[comparison.target_metric]
    theirs = comparison.champion.metrics[comparison.target_metric]
    sentence = (
        f"Not enough users to tell: of what these {comparison.n_users:,} users took, "
        f"the champion finds too little to compare in percent ({metric} {ours:.2g} "
        f"of the candidate, {theirs:.2g} of the champion)."
    )
    if passed:
        sentence += " It passes, as the limits say for this case."
    return sentence


def _coverage(comparison: Comparison, limits: Limits) -> Check:
    ratio, limit = comparison.coverage_ratio, limits.lowest_coverage_ratio
    passed = ratio is None or ratio >= limit
    sentence = (
        f"{_percent(comparison.candidate.coverage)} of all items are among somebody's "
        f"first {SHOWN} with the candidate, {_percent(comparison.champion.coverage)} "
        f"with the champion: {_within(passed)} the limit of {limit:g} times as many."
    )
    return Check("coverage", ratio, limit, passed, sentence)


def _changed_lists(comparison: Comparison, limits: Limits) -> Check:
    share, limit = comparison.changed_share, limits.largest_changed_share
    passed = share is None or share <= limit
    sentence = (
        f"{_percent(share)} of the users find fewer than half of their first {SHOWN} "
        f"items again: {_within(passed)} the limit of {_percent(limit)}."
    )
    return Check("changed_lists", share, limit, passed, sentence)


def _latency(comparison: Comparison, limits: Limits) -> Check:
    ours, theirs = comparison.candidate.latency_ms, comparison.champion.latency_ms
    ratio, limit = comparison.latency_ratio, limits.largest_latency_ratio
    harmless = ours is None or ours <= limits.harmless_latency_ms
    passed = harmless or ratio is None or ratio <= limit
    sentence = (
        f"The candidate answers in {_milliseconds(ours)}, the champion in "
        f"{_milliseconds(theirs)}: {_within(passed)} the limit of {limit:g} times as "
        f"long, which counts above {limits.harmless_latency_ms:g} ms."
    )
    return Check("latency", ratio, limit, passed, sentence)


def _size(comparison: Comparison, limits: Limits) -> Check:
    ours, theirs = comparison.candidate.n_bytes, comparison.champion.n_bytes
    ratio, limit = comparison.size_ratio, limits.largest_size_ratio
    harmless = ours is None or ours <= limits.harmless_n_bytes
    passed = harmless or ratio is None or ratio <= limit
    sentence = (
        f"The candidate has {_megabytes(ours)}, the champion {_megabytes(theirs)}: "
        f"{_within(passed)} the limit of {limit:g} times as much, which counts above "
        f"{_megabytes(limits.harmless_n_bytes)}."
    )
    return Check("size", ratio, limit, passed, sentence)


def _within(passed: bool) -> str:  # noqa: FBT001
    return "within" if passed else "beyond"


def _percent(share: float | None) -> str:
    return "an unknown share" if share is None else f"{100 * share:.1f} %"


def _signed(share: float) -> str:
    return f"{100 * share:+.1f} %"


def _change(relative: float) -> str:
    if relative == 0:
        return "neither better nor worse"
    return f"{_percent(abs(relative))} {'better' if relative > 0 else 'worse'}"


def _milliseconds(value: float | None) -> str:
    return "an unknown time" if value is None else f"{value:.3g} ms"


def _megabytes(value: int | None) -> str:
    return "an unknown size" if value is None else f"{value / 1e6:,.1f} MB"
