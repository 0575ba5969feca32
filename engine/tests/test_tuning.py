"""Tuning: a pure plan, failing trials are records, and it beats popularity."""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recotem_engine import algorithms
from recotem_engine.algorithms import ALGORITHMS, Algorithm
from recotem_engine.errors import ConfigError
from recotem_engine.evaluation import EvaluationSpec
from recotem_engine.interactions import Columns, Interactions
from recotem_engine.scorers import Popularity
from recotem_engine.splitting import SplitSpec, split
from recotem_engine.testing import block_interactions
from recotem_engine.tuning import (
    Candidate,
    TrialRecord,
    Tuner,
    TuningSpec,
    best_trial,
    suggest,
    tune,
)

_QUALITY = {"IALS": 0.3, "RP3beta": 0.25, "CosineKNN": 0.2, "TopPop": 0.1}
_SMALL = EvaluationSpec(cutoff=7)

type Judge = Callable[[Candidate], float | None]


def by_family(candidate: Candidate) -> float | None:
    return _QUALITY.get(candidate.algorithm, 0.15)


def record(candidate: Candidate, score: float | None) -> TrialRecord:
    """As if the candidate had been tried; None is a failure."""
    return TrialRecord(
        number=candidate.number,
        algorithm=candidate.algorithm,
        parameters=candidate.parameters,
        state="FAILED" if score is None else "COMPLETED",
        score=score,
        stage=candidate.stage,
        error="" if score is not None else "It broke.",
    )


def play(
    spec: TuningSpec, judge: Judge = by_family, *, late: int = 0
) -> list[TrialRecord]:
    """All trials of a job, whose results are known `late` trials later."""
    trials: list[TrialRecord] = []
    for number in range(spec.n_trials):
        known = trials[: max(0, len(trials) - late)]
        candidate = suggest(spec, number, known)
        trials.append(record(candidate, judge(candidate)))
    return trials


def names(trials: Sequence[TrialRecord]) -> list[str]:
    return [trial.algorithm for trial in trials]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"algorithms": ["IALS", "Nothing"]}, "unknown_algorithm"),
        ({"algorithms": []}, "bad_parameter"),
        ({"n_trials": 0}, "bad_parameter"),
        ({"evaluation": {"cutoff": 0}}, "bad_parameter"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(values: dict[str, Any], code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TuningSpec.from_json(values)
    assert caught.value.code == code


def test_screening_tries_one_good_bet_of_each_family_then_the_other_defaults() -> None:
    spec = TuningSpec(n_trials=20)
    trials = play(spec)
    families = spec.algorithms
    assert names(trials[: len(families)]) == list(families)
    assert {"IALS", "DenseSLIM", "RP3beta", "CosineKNN", "TopPop"} <= set(families)
    screened = [trial for trial in trials if trial.stage == "screening"]
    assert len(screened) == sum(len(ALGORITHMS[name].screening) for name in families)
    assert len({json.dumps(trial.parameters) for trial in screened}) == len(screened)


def test_search_spends_more_on_the_better_of_the_two_best_families() -> None:
    trials = play(TuningSpec(n_trials=40))
    spent = Counter(names([trial for trial in trials if trial.stage == "search"]))
    assert set(spent) == {"IALS", "RP3beta"}
    assert spent["IALS"] > spent["RP3beta"] > 5
    assert names(trials).count("TopPop") == 1


def test_search_looks_near_what_was_good() -> None:
    def peaked(candidate: Candidate) -> float | None:
        if candidate.algorithm != "RP3beta":
            return 0.1
        return 1 - abs(float(candidate.parameters["beta"]) - 0.6)

    trials = play(TuningSpec(algorithms=("RP3beta",), n_trials=40), peaked)
    late = [float(trial.parameters["beta"]) for trial in trials[-15:]]
    assert abs(float(np.median(late)) - 0.6) < 0.1


@pytest.mark.parametrize("late", [0, 1, 7])
def test_suggestions_are_a_function_of_what_is_known_in_any_order(late: int) -> None:
    spec = TuningSpec(n_trials=20, random_seed=5)
    trials = play(spec, late=late)
    assert trials == play(spec, late=late)
    shuffled = random.Random(0).sample(trials, len(trials))
    assert suggest(spec, 20, trials) == suggest(spec, 20, shuffled)
    other = replace(spec, random_seed=6)
    assert suggest(spec, 20, trials) != suggest(other, 20, trials)


def test_workers_that_ask_at_once_get_different_trials() -> None:
    spec = TuningSpec(n_trials=30)
    known = play(replace(spec, n_trials=10))
    asked = [suggest(spec, number, known) for number in range(10, 18)]
    assert len({json.dumps(candidate.parameters) for candidate in asked}) == 8


@pytest.mark.parametrize("n_trials", [1, 2, 60])
def test_any_number_of_trials_works(n_trials: int) -> None:
    trials = play(TuningSpec(n_trials=n_trials))
    assert [trial.number for trial in trials] == list(range(n_trials))
    for trial in trials:
        complete = ALGORITHMS[trial.algorithm].complete(trial.parameters)
        assert complete == trial.parameters


def test_a_long_history_does_not_slow_the_search_down() -> None:
    spec = TuningSpec(algorithms=("TopPop", "RP3beta"), n_trials=10_000)
    trials = play(replace(spec, n_trials=5))
    trials += [replace(trials[-1], number=number) for number in range(5, 9_999)]
    assert suggest(spec, 9_999, trials).stage == "search"


def test_a_job_of_popularity_alone_tries_it_again() -> None:
    assert (
        names(play(TuningSpec(algorithms=("TopPop",), n_trials=10))) == ["TopPop"] * 10
    )


def test_a_family_that_failed_in_screening_is_not_searched() -> None:
    def judge(candidate: Candidate) -> float | None:
        return None if candidate.algorithm == "IALS" else by_family(candidate)

    trials = play(TuningSpec(n_trials=25), judge)
    searched = {trial.algorithm for trial in trials if trial.stage == "search"}
    assert searched == {"RP3beta", "CosineKNN"}


def test_a_job_in_which_everything_fails_still_comes_to_its_end() -> None:
    trials = play(TuningSpec(n_trials=25), lambda _: None)
    assert len(trials) == 25
    with pytest.raises(ConfigError, match=r"No trial succeeded\. It broke\.") as caught:
        best_trial(trials)
    assert caught.value.code == "every_trial_failed"


def test_single_failures_and_trials_of_an_older_range_do_not_stop_the_search() -> None:
    def judge(candidate: Candidate) -> float | None:
        return None if candidate.number % 4 == 3 else by_family(candidate)

    spec = TuningSpec(algorithms=("IALS",), n_trials=20)
    trials = play(spec, judge)
    trials[5].parameters["n_components"] = 4000
    del trials[6].parameters["reg"]
    assert suggest(spec, 20, trials).algorithm == "IALS"


def test_the_best_trial_is_the_earliest_of_the_highest() -> None:
    trials = play(TuningSpec(n_trials=12))
    assert best_trial(trials).number == 0
    assert best_trial(trials[::-1]).number == 0


def test_plans_candidates_and_records_travel_as_json() -> None:
    spec = TuningSpec(("IALS",), 3, EvaluationSpec(5, "map"), 9)
    candidate = suggest(spec, 2, [])
    trial = record(candidate, 0.5)
    for value in (spec, candidate, trial):
        text = json.dumps(value.to_json())
        assert type(value).from_json(json.loads(text)) == value


@pytest.fixture(scope="module")
def tuner() -> Tuner:
    parts = split(block_interactions(seed=1), SplitSpec(heldout_ratio=0.2))
    return Tuner(TuningSpec(evaluation=_SMALL), parts)


def use_steps(monkeypatch: pytest.MonkeyPatch, steps: algorithms.Steps) -> None:
    """TopPop with another way to fit."""
    broken: Algorithm = replace(ALGORITHMS["TopPop"], steps=steps)
    monkeypatch.setitem(ALGORITHMS, "TopPop", broken)


_TOP_POP = Candidate(3, "TopPop", {}, "screening")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "The trial needs more memory than it may use."),
        (ValueError("bad matrix"), "The fit failed with ValueError: bad matrix"),
    ],
)
def test_a_failing_fit_is_a_record_with_a_sentence(
    tuner: Tuner, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(*_: object) -> Any:
        raise error

    use_steps(monkeypatch, fail)
    trial = tuner.run(_TOP_POP)
    assert (trial.number, trial.state, trial.score) == (3, "FAILED", None)
    assert trial.error == sentence


def test_scores_that_are_not_numbers_are_a_failure(
    tuner: Tuner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nonsense(matrix: Any, *_: object) -> Any:
        yield lambda: Popularity(np.full(matrix.shape[1], np.nan, np.float32))

    use_steps(monkeypatch, nonsense)
    trial = tuner.run(_TOP_POP)
    assert trial.state == "FAILED"
    assert trial.error == "The model gives scores that are not numbers."


def test_parameters_that_do_not_exist_are_a_failure(tuner: Tuner) -> None:
    trial = tuner.run(Candidate(0, "IALS", {"depth": 3}, "search"))
    assert trial.state == "FAILED"
    assert "has no parameter 'depth'" in trial.error


@pytest.mark.parametrize("number", range(4))
def test_the_same_candidate_gets_the_same_score(tuner: Tuner, number: int) -> None:
    candidate = suggest(TuningSpec(), number, [])
    first, second = tuner.run(candidate), tuner.run(candidate)
    assert first.state == "COMPLETED"
    assert first.metrics["ndcg"] == first.score == second.score
    assert first.parameters == second.parameters


def test_an_iterative_trial_stops_early_and_says_after_how_many_epochs(
    tuner: Tuner,
) -> None:
    told: list[Any] = []
    candidate = suggest(TuningSpec(), 0, [])
    trial = tuner.run(candidate, on_progress=told.append)
    assert 1 <= int(trial.parameters["train_epochs"]) <= 24
    assert {event["stage"] for event in told} == {"fitting", "evaluating"}
    again = tuner.run(replace(candidate, parameters=trial.parameters))
    assert again.score == trial.score


def test_the_whole_job_beats_popularity_on_interactions_that_no_trial_saw() -> None:
    seen: list[TrialRecord] = []
    result = tune(
        block_interactions(seed=1),
        SplitSpec(heldout_ratio=0.2),
        TuningSpec(n_trials=8, evaluation=_SMALL),
        on_trial=seen.append,
    )
    assert list(result.trials) == seen
    assert len(seen) == 8
    assert result.best.score == max(trial.score or 0 for trial in seen)
    test, baseline = result.report.test, result.report.baseline
    assert test.metrics["ndcg"] > 1.5 * baseline.metrics["ndcg"]
    assert test.interval[0] < test.metrics["ndcg"] < test.interval[1]
    assert (baseline.algorithm, baseline.n_users, test.n_users) == ("TopPop", 120, 120)
    assert json.loads(json.dumps(result.report.to_json()))["test"]["n_users"] == 120


def test_a_job_that_is_stopped_reports_on_what_it_has() -> None:
    seen: list[TrialRecord] = []
    result = tune(
        block_interactions(seed=1),
        SplitSpec(),
        TuningSpec(n_trials=20, evaluation=_SMALL),
        on_trial=seen.append,
        should_stop=lambda: len(seen) == 2,
    )
    assert len(result.trials) == 2


def test_a_job_that_is_stopped_before_its_first_trial_has_no_winner() -> None:
    with pytest.raises(ConfigError, match="No trial was made"):
        tune(
            block_interactions(seed=1),
            SplitSpec(),
            TuningSpec(),
            should_stop=lambda: True,
        )


def _movielens() -> Path:
    beside = Path(__file__).parents[3] / "shared" / "datasets"
    folder = Path(os.environ.get("RECOTEM_DATASETS_DIR", beside))
    path = folder / "ml-100k.csv.gz"
    if not path.is_file():
        pytest.skip("Needs ml-100k.csv.gz in the folder RECOTEM_DATASETS_DIR.")
    return path


def test_six_trials_beat_popularity_on_movielens_by_far() -> None:
    columns = Columns("userId", "movieId", "timestamp")
    data = Interactions.read(_movielens(), columns)
    report = tune(data, SplitSpec(), TuningSpec(n_trials=6)).report
    assert report.test.n_users == 943
    assert report.test.interval[0] > 1.4 * report.baseline.interval[1]
