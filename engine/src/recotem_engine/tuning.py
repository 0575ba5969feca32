"""Run trials on one split, judge the winner on what no trial has seen."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from recotem_engine.algorithms import Algorithm, algorithm
from recotem_engine.errors import EngineError
from recotem_engine.evaluation import Evaluation, evaluate
from recotem_engine.funnel import suggest
from recotem_engine.parameters import Value
from recotem_engine.splitting import Split, SplitSpec, split
from recotem_engine.trials import Candidate, TrialRecord, TuningSpec, best_trial
from recotem_engine.types import JsonObject

if TYPE_CHECKING:  # a process that only runs trials does without polars
    from recotem_engine.interactions import Interactions

__all__ = [
    "Candidate",
    "FinalReport",
    "TestScore",
    "TrialRecord",
    "Tuner",
    "TuningResult",
    "TuningSpec",
    "best_trial",
    "suggest",
    "tune",
]

type Progress = Callable[[JsonObject], None]

BASELINE = "TopPop"

_VALIDATE_EVERY = 3  # epochs of an iterative algorithm


@dataclass(frozen=True)
class TestScore:
    """Quality on the untouched test part, with the interval of the target metric."""

    __test__ = False  # not a test class, whatever its name says to pytest

    algorithm: str
    metrics: dict[str, float]
    interval: tuple[float, float]
    n_users: int

    def to_json(self) -> JsonObject:
        return asdict(self) | {"interval": list(self.interval)}


@dataclass(frozen=True)
class FinalReport:
    """The winner and popularity, both fitted on train and validation."""

    test: TestScore
    baseline: TestScore

    def to_json(self) -> JsonObject:
        return {"test": self.test.to_json(), "baseline": self.baseline.to_json()}


def _ignore(progress: JsonObject) -> None:
    """For callers who do not listen."""


class Tuner:
    """Runs trials on one split; threads as in `Algorithm.fit_steps`."""

    def __init__(
        self, spec: TuningSpec, split: Split, *, threads: int | None = None
    ) -> None:
        self._spec = spec
        self._split = split
        self._threads = threads

    def run(
        self, candidate: Candidate, *, on_progress: Progress = _ignore
    ) -> TrialRecord:
        """Fit on train, score on validation; a failing fit is a FAILED record."""
        started = time.perf_counter()
        record = TrialRecord(
            number=candidate.number,
            algorithm=candidate.algorithm,
            parameters=candidate.parameters,
            state="FAILED",
            score=None,
            stage=candidate.stage,
        )
        try:
            parameters, evaluation = self._validated(candidate, on_progress)
        except Exception as error:  # whatever a library throws must not end the job
            record = replace(record, error=_sentence(error))
        else:
            record = replace(
                record,
                state="COMPLETED",
                parameters=parameters,
                score=evaluation.metrics[self._spec.evaluation.target_metric],
                metrics=evaluation.metrics,
            )
        return replace(record, seconds=time.perf_counter() - started)

    def _validated(
        self, candidate: Candidate, on_progress: Progress
    ) -> tuple[dict[str, Value], Evaluation]:
        """Parameters with the best number of epochs, and the scores there."""
        family = algorithm(candidate.algorithm)
        parameters = family.complete(candidate.parameters)
        target = self._spec.evaluation.target_metric
        best: Evaluation | None = None
        for epoch, evaluation in self._checkpoints(family, parameters, on_progress):
            if best and evaluation.metrics[target] <= best.metrics[target]:
                break
            best = evaluation
            if family.epochs:
                parameters = parameters | {family.epochs: epoch}
        if best is None:
            raise RuntimeError("The algorithm made no step.")
        return parameters, best

    def _checkpoints(
        self, family: Algorithm, parameters: dict[str, Value], on_progress: Progress
    ) -> Iterator[tuple[int, Evaluation]]:
        train, seed = self._split.train, self._spec.random_seed
        last = int(parameters[family.epochs]) if family.epochs else 1
        steps = family.fit_steps(train, parameters, seed=seed, threads=self._threads)
        on_progress({"stage": "fitting", "epoch": 0, "n_epochs": last})
        for epoch, export in enumerate(steps, start=1):
            if epoch % _VALIDATE_EVERY and epoch != last:
                continue
            on_progress({"stage": "evaluating", "epoch": epoch, "n_epochs": last})
            holdout = self._split.validation
            yield epoch, evaluate(export(), train, holdout, self._spec.evaluation)

    def finish(
        self, best: TrialRecord, *, on_progress: Progress = _ignore
    ) -> FinalReport:
        """Judge the winner, and popularity beside it, on what no trial has seen."""
        baseline = self._tested(BASELINE, {}, on_progress)
        if best.algorithm == BASELINE:
            return FinalReport(baseline, baseline)
        test = self._tested(best.algorithm, best.parameters, on_progress)
        return FinalReport(test, baseline)

    def _tested(
        self, name: str, parameters: dict[str, Value], on_progress: Progress
    ) -> TestScore:
        seen = self._split.train_and_validation
        holdout = self._split.test
        on_progress({"stage": "fitting", "algorithm": name})
        scorer = algorithm(name).fit(
            seen, parameters, seed=self._spec.random_seed, threads=self._threads
        )
        on_progress({"stage": "evaluating", "algorithm": name})
        evaluation = evaluate(scorer, seen, holdout, self._spec.evaluation)
        return TestScore(
            name, evaluation.metrics, evaluation.interval(), len(holdout.users)
        )


def _sentence(error: Exception) -> str:
    if isinstance(error, EngineError | FloatingPointError):
        return str(error)
    if isinstance(error, MemoryError):
        return "The trial needs more memory than it may use."
    return f"The fit failed with {type(error).__name__}: {error}"


@dataclass(frozen=True)
class TuningResult:
    """trials: all of them, in order."""

    best: TrialRecord
    trials: tuple[TrialRecord, ...]
    report: FinalReport


def tune(
    interactions: "Interactions",
    split_spec: SplitSpec,
    tuning_spec: TuningSpec,
    *,
    on_trial: Callable[[TrialRecord], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> TuningResult:
    """The whole job in this process, one trial after another.

    should_stop is asked before each trial; what has been tried until then counts.
    Raises ConfigError, also when no trial succeeded.
    """
    tuner = Tuner(tuning_spec, split(interactions, split_spec))
    trials: list[TrialRecord] = []
    for number in range(tuning_spec.n_trials):
        if should_stop and should_stop():
            break
        trials.append(tuner.run(suggest(tuning_spec, number, trials)))
        if on_trial:
            on_trial(trials[-1])
    best = best_trial(trials)
    return TuningResult(best, tuple(trials), tuner.finish(best))
