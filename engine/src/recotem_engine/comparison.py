"""Is a candidate better than the champion? Both are asked about what came last.

Neither model file can be asked: the candidate has seen the newest interactions. So each
is fitted again without them (see `exam`). Where both are the same, one fit and one
answer do for both.
"""

import time
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from recotem_engine.algorithms import algorithm
from recotem_engine.errors import ConfigError
from recotem_engine.evaluation import EvaluationSpec
from recotem_engine.exam import SHOWN, Answers, Contender, Exam, Progress, Who, blaming
from recotem_engine.paired import LEVEL, Interval, paired_difference
from recotem_engine.splitting import SplitSpec, split
from recotem_engine.types import Int64s, JsonObject

if TYPE_CHECKING:
    from recotem_engine.interactions import Interactions

__all__ = [
    "SHOWN",
    "Comparison",
    "Contender",
    "Standing",
    "changed_share",
    "compare",
    "default_holdout",
]

MOST_USERS = 20_000  # scored unless the hold-out says otherwise

_TIMED_USERS = 200


@dataclass(frozen=True)
class Standing:
    """How one contender did.

    metrics: means over the users, none without users; coverage: share of all items of
    either that come up among somebody's first ten; latency_ms: median time to recommend
    ten items to one user, in this process; n_bytes: of the model file, or of its arrays
    where the size of one of the files is not known. None: there was nobody to ask.
    """

    algorithm: str
    metrics: dict[str, float] = field(default_factory=dict)
    coverage: float | None = None
    latency_ms: float | None = None
    n_bytes: int | None = None


@dataclass(frozen=True)
class Comparison:
    """Candidate against champion.

    n_users: whose answers are compared; n_unknown_users: how many of them the champion
    does not know, and so answers with nothing, as it does when it serves. difference,
    relative_difference and their intervals, which hold the true value with `level`:
    see `PairedDifference`, of the target metric. changed_share: share of users who have
    fewer than half of their ten items in common. Ratios are candidate to champion,
    None where the champion has 0 or there was nobody to ask.
    """

    target_metric: str
    cutoff: int
    holdout: JsonObject
    n_users: int
    n_unknown_users: int
    candidate: Standing
    champion: Standing
    level: float = LEVEL
    difference: float | None = None
    interval: Interval | None = None
    relative_difference: float | None = None
    relative_interval: Interval | None = None
    changed_share: float | None = None
    coverage_ratio: float | None = None
    latency_ratio: float | None = None
    size_ratio: float | None = None

    def to_json(self) -> JsonObject:
        pairs = {
            name: list(value) if value else None
            for name, value in (
                ("interval", self.interval),
                ("relative_interval", self.relative_interval),
            )
        }
        return asdict(self) | pairs

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of `to_json`; fields that are not known are passed over."""
        read = {f.name: values[f.name] for f in fields(cls) if f.name in values}
        for name in ("candidate", "champion"):
            read[name] = Standing(**read[name])
        for name in ("interval", "relative_interval"):
            if read.get(name):
                low, high = read[name]
                read[name] = low, high
        return cls(**read)


def _ignore(progress: JsonObject) -> None:
    """For callers who do not listen."""


def default_holdout(interactions: "Interactions", seed: int) -> SplitSpec:
    """The latest tenth of each user, a random tenth without times; 20,000 users.

    Not all after one point in time: on most data few users have interactions on both
    sides of one, and too few users cannot tell small differences.
    """
    return SplitSpec(
        scheme="RG" if interactions.times is None else "TU",
        n_test_users=MOST_USERS,
        random_seed=seed,
    )


def compare(  # noqa: PLR0913 — two contenders and how to compare them
    candidate: Contender,
    champion: Contender,
    *,
    target_metric: str = "ndcg",
    cutoff: int = 20,
    holdout: SplitSpec | None = None,
    seed: int = 42,
    threads: int | None = None,
    on_progress: Progress = _ignore,
) -> Comparison:
    """Fit both without the hold-out of the candidate's data, and compare the answers.

    holdout: None for `default_holdout`; its validation part is trained on here. seed:
    of the default hold-out and of the intervals. threads: see `Algorithm.fit_steps`.
    Data without a user who has enough items gives a comparison of 0 users. Raises
    ConfigError: bad_parameter, unknown_algorithm, time_needed, and cannot_fit if one of
    the two cannot be fitted or gives no numbers.
    """
    asked = EvaluationSpec(cutoff, target_metric)
    same = _configuration("candidate", candidate) == _configuration(
        "champion", champion
    ) and _same_data(candidate.interactions, champion.interactions)
    spec = holdout or default_holdout(candidate.interactions, seed)
    result = Comparison(
        target_metric=target_metric,
        cutoff=cutoff,
        holdout=spec.to_json(),
        n_users=0,
        n_unknown_users=0,
        candidate=Standing(candidate.algorithm),
        champion=Standing(champion.algorithm),
    )
    on_progress({"stage": "splitting"})
    try:
        parts = split(candidate.interactions, spec)
    except ConfigError as error:
        if error.code == "nothing_to_hold_out":
            return result
        raise
    exam = Exam(asked, parts, candidate, champion, threads, on_progress)
    ours = exam.answers("candidate")
    theirs = ours if same else exam.answers("champion")
    on_progress({"stage": "comparing"})
    sizes = _sizes(candidate, champion, ours, theirs)
    times = _latencies(ours, theirs)
    return _compared(
        replace(
            result,
            n_users=len(exam.users),
            n_unknown_users=len(exam.users) - len(theirs.known),
            candidate=_standing(exam, candidate, ours, times[0], sizes[0]),
            champion=_standing(exam, champion, theirs, times[1], sizes[1]),
        ),
        ours,
        theirs,
        seed,
    )


def _configuration(who: Who, contender: Contender) -> tuple[object, ...]:
    """What the fit depends on besides the data."""
    with blaming(who, contender):
        family = algorithm(contender.algorithm)
        complete = family.complete(contender.parameters)
    return family.name, sorted(complete.items()), contender.random_seed


def _same_data(one: "Interactions", other: "Interactions") -> bool:
    return one is other or one.fingerprint() == other.fingerprint()


def _standing(
    exam: Exam, contender: Contender, answers: Answers, latency: float | None, size: int
) -> Standing:
    shown = np.unique(answers.lists[:, :SHOWN])
    return Standing(
        algorithm=contender.algorithm,
        metrics={
            name: float(values.mean(dtype=np.float64))
            for name, values in answers.metrics.items()
        },
        coverage=float(np.count_nonzero(shown >= 0) / exam.n_items),
        latency_ms=latency,
        n_bytes=size,
    )


def _compared(
    result: Comparison, ours: Answers, theirs: Answers, seed: int
) -> Comparison:
    """The result so far with differences and ratios."""
    name, candidate, champion = result.target_metric, result.candidate, result.champion
    gain = paired_difference(ours.metrics[name], theirs.metrics[name], seed=seed)
    return replace(
        result,
        difference=gain.absolute,
        interval=gain.interval,
        relative_difference=gain.relative,
        relative_interval=gain.relative_interval,
        changed_share=changed_share(ours.lists[:, :SHOWN], theirs.lists[:, :SHOWN]),
        coverage_ratio=_ratio(candidate.coverage, champion.coverage),
        latency_ratio=_ratio(candidate.latency_ms, champion.latency_ms),
        size_ratio=_ratio(candidate.n_bytes, champion.n_bytes),
    )


def _sizes(
    candidate: Contender, champion: Contender, ours: Answers, theirs: Answers
) -> tuple[int, int]:
    if candidate.n_bytes is not None and champion.n_bytes is not None:
        return candidate.n_bytes, champion.n_bytes
    return ours.n_bytes(), theirs.n_bytes()


def _latencies(ours: Answers, theirs: Answers) -> tuple[float | None, float | None]:
    """Medians in ms, asked by turns so that whatever else runs slows down both."""
    asked = [answers.known_ids(_TIMED_USERS) for answers in (ours, theirs)]
    seconds: tuple[list[float], list[float]] = [], []
    for turn in range(_TIMED_USERS):
        for answers, ids, spent in zip((ours, theirs), asked, seconds, strict=True):
            if ids:
                started = time.perf_counter()
                answers.recommender.for_user(ids[turn % len(ids)], SHOWN)
                spent.append(time.perf_counter() - started)
    first, second = (
        1000 * float(np.median(spent)) if spent else None for spent in seconds
    )
    return (first, first) if ours is theirs else (first, second)


def changed_share(ours: Int64s, theirs: Int64s) -> float:
    """Share of rows that have fewer than half of their items in common.

    (m, k) each, items of a row distinct, -1 for none; half of the longer of the two.
    """
    both = (ours[:, :, None] == theirs[:, None, :]) & (ours >= 0)[:, :, None]
    longer = np.maximum((ours >= 0).sum(axis=1), (theirs >= 0).sum(axis=1))
    return float(np.mean(2 * both.sum(axis=(1, 2)) < longer))


def _ratio(ours: float | None, theirs: float | None) -> float | None:
    return ours / theirs if ours is not None and theirs else None
