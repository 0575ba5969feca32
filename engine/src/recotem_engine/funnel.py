"""Tuning as a funnel: screen every family with good defaults, search the best two.

One study per family, so that families do not disturb each other, and parameters of the
same name are different ones. `suggest` is a pure function of what has been tried, so
any number of workers, and one that starts again, can share a job.
"""

from collections.abc import Sequence
from dataclasses import replace

from recotem_engine.algorithms import ALGORITHMS
from recotem_engine.parameters import Value
from recotem_engine.trials import Candidate, TrialRecord, TuningSpec


def suggest(spec: TuningSpec, number: int, history: Sequence[TrialRecord]) -> Candidate:
    """What trial `number` tries, given the trials that have ended so far."""
    screening = _screening(spec)
    if number < len(screening):
        return replace(screening[number], number=number)
    families = _families_to_search(spec, history)
    if not families:  # nothing left to vary: trying again is the cheapest answer
        return replace(screening[number % len(screening)], number=number)
    turn = (number - len(screening)) % 3
    name = families[-1] if turn == 2 else families[0]
    return Candidate(number, name, _searched(spec, number, name, history), "search")


def _screening(spec: TuningSpec) -> list[Candidate]:
    """One good bet of each family, then the other defaults; stronger families first."""
    families = [
        family for name, family in ALGORITHMS.items() if name in spec.algorithms
    ]
    rounds = max(len(family.screening) for family in families)
    return [
        Candidate(0, f.name, f.complete(f.screening[index]), "screening")
        for index in range(rounds)
        for f in families
        if index < len(f.screening)
    ]


def _families_to_search(spec: TuningSpec, history: Sequence[TrialRecord]) -> list[str]:
    """The two families with the best scores so far, better first."""
    can_vary = [name for name in spec.algorithms if ALGORITHMS[name].searched]
    best: dict[str, float] = {}
    for trial in history:
        if trial.algorithm in can_vary and trial.score is not None:
            best[trial.algorithm] = max(trial.score, best.get(trial.algorithm, 0.0))
    if best:
        return sorted(best, key=lambda name: (-best[name], name))[:2]
    failed = {trial.algorithm for trial in history}
    return [name for name in can_vary if name not in failed][:2]


def _searched(
    spec: TuningSpec, number: int, name: str, history: Sequence[TrialRecord]
) -> dict[str, Value]:
    from recotem_engine.tpe import next_point  # noqa: PLC0415 — Optuna takes a second

    family = ALGORITHMS[name]
    trials = [trial for trial in history if trial.algorithm == name]
    seed = (spec.random_seed * 100_003 + number) % 2**32
    return family.complete(next_point(family, trials, seed=seed))
