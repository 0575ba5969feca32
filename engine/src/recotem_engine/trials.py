"""What tuning passes around: the plan, what to try next, how it went. Plain data."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from recotem_engine.algorithms import algorithm, default_algorithms
from recotem_engine.errors import ConfigError
from recotem_engine.evaluation import EvaluationSpec
from recotem_engine.parameters import Value
from recotem_engine.types import JsonObject

type Stage = Literal["screening", "search"]
type State = Literal["COMPLETED", "FAILED"]


@dataclass(frozen=True)
class TuningSpec:
    """What to try and how to compare. Raises ConfigError."""

    algorithms: tuple[str, ...] = default_algorithms(0)
    n_trials: int = 40
    evaluation: EvaluationSpec = field(default_factory=EvaluationSpec)
    random_seed: int = 42

    def __post_init__(self) -> None:
        names = dict.fromkeys(algorithm(name).name for name in self.algorithms)
        if not names:
            raise ConfigError("bad_parameter", "Name at least one algorithm to try.")
        if self.n_trials < 1:
            raise ConfigError("bad_parameter", "The number of trials is at least 1.")
        object.__setattr__(self, "algorithms", tuple(names))

    def to_json(self) -> JsonObject:
        return asdict(self) | {"algorithms": list(self.algorithms)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        read = dict(values)
        if "algorithms" in read:
            read["algorithms"] = tuple(read["algorithms"])
        if "evaluation" in read:
            read["evaluation"] = EvaluationSpec.from_json(read["evaluation"])
        return cls(**read)


@dataclass(frozen=True)
class Candidate:
    """What trial `number` is to try; parameters are complete."""

    number: int
    algorithm: str
    parameters: dict[str, Value]
    stage: Stage

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True)
class TrialRecord:
    """How a trial went. score: target metric on validation; error: a sentence.

    parameters say how many epochs were best, where there are epochs.
    """

    number: int
    algorithm: str
    parameters: dict[str, Value]
    state: State
    score: float | None
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
    stage: Stage = "search"

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


def best_trial(trials: Sequence[TrialRecord]) -> TrialRecord:
    """Highest score, the earlier of equals; ConfigError every_trial_failed."""
    completed = [t for t in trials if t.score is not None and t.state == "COMPLETED"]
    if not completed:
        reason = next((t.error for t in trials if t.error), "No trial was made.")
        raise ConfigError("every_trial_failed", f"No trial succeeded. {reason}")
    return max(completed, key=lambda t: (t.score or 0.0, -t.number))
