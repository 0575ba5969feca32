"""Where in one algorithm's parameters to look next, by Optuna's TPE."""

from collections.abc import Sequence

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from recotem_engine.algorithms import Algorithm
from recotem_engine.parameters import ParameterSpec, Value
from recotem_engine.trials import TrialRecord

_STARTUP_TRIALS = 5  # before results guide the search
_BEST, _LATEST = 50, 150  # trials that the study is told, so that it stays quick


def next_point(
    family: Algorithm, trials: Sequence[TrialRecord], *, seed: int
) -> dict[str, Value]:
    """Tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011).

    trials: of this algorithm alone. The study lives for this one question.
    """
    space = {name: _distribution(p) for name, p in family.searched.items()}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=_STARTUP_TRIALS),
    )
    for trial in _telling([trial for trial in trials if _within(family, trial)]):
        study.add_trial(_as_told(trial, space))
    return dict(study.ask(space).params)


def _telling(trials: Sequence[TrialRecord]) -> list[TrialRecord]:
    """The best and the latest ones, in order."""
    in_order = sorted(trials, key=lambda trial: trial.number)
    completed = [trial for trial in in_order if trial.score is not None]
    best = sorted(completed, key=lambda trial: -(trial.score or 0.0))[:_BEST]
    told = {trial.number: trial for trial in [*best, *in_order[-_LATEST:]]}
    return [told[number] for number in sorted(told)]


def _distribution(spec: ParameterSpec) -> BaseDistribution:
    if spec.choices:
        return CategoricalDistribution(spec.choices)
    if spec.low is None or spec.high is None:
        raise TypeError("A searched parameter needs a range.")
    if spec.type is int:
        return IntDistribution(int(spec.low), int(spec.high), log=spec.log)
    return FloatDistribution(spec.low, spec.high, log=spec.log)


def _within(family: Algorithm, trial: TrialRecord) -> bool:
    """Whether today's study can hold the trial; ranges change between versions."""
    for name, spec in family.searched.items():
        value = trial.parameters.get(name)
        if spec.choices:
            inside = value in spec.choices
        elif isinstance(value, int | float) and spec.low is not None:
            inside = spec.low <= value <= (spec.high or spec.low)
        else:
            inside = False
        if not inside:
            return False
    return True


def _as_told(
    trial: TrialRecord, space: dict[str, BaseDistribution]
) -> optuna.trial.FrozenTrial:
    completed = trial.state == "COMPLETED" and trial.score is not None
    states = optuna.trial.TrialState
    return optuna.trial.create_trial(
        params={name: trial.parameters[name] for name in space},
        distributions=space,
        state=states.COMPLETE if completed else states.FAIL,
        value=trial.score if completed else None,
    )
