"""What becomes of a search, whatever happens on its way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.core.storage import local_path
from recotem.datasets.models import DataVersion, TrainingData
from recotem.datasets.services.versions import keep_version
from recotem.jobs.models import JobAttempt
from recotem.jobs.reconciler import reconcile
from recotem.jobs.services import request_cancel
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services import progress
from recotem_engine.compute import ComputeCrashed, ComputeTimeout
from tests.tuning.conftest import run, search_of
from tests.tuning.fake_compute import Script


def crash() -> ComputeCrashed:
    sentence = "The computing process crashed (SIGSEGV)."
    return ComputeCrashed("crashed", sentence, -11, "")


def states(tuning_job: ParameterTuningJob) -> list[str]:
    return list(tuning_job.trials.values_list("state", flat=True))


def log_of(tuning_job: ParameterTuningJob) -> list[str]:
    lines = tuning_job.job.logs.order_by("id")
    return list(lines.values_list("contents", flat=True))


def lose_the_living() -> None:
    """As if the workers of all attempts had vanished."""
    past = timezone.now() - timedelta(seconds=1)
    JobAttempt.objects.update(lease_until=past)
    reconcile()


def test_a_search_that_finds_nothing_fails_with_a_sentence(
    data: TrainingData, script: Script
) -> None:
    script.trial = lambda _: None
    tuning_job = run(search_of(data, n_trials=2))
    assert tuning_job.job.status == "FAILED"
    assert tuning_job.job.error == (
        "None of the trials succeeded. The last one failed: No luck."
    )
    assert states(tuning_job) == ["FAILED", "FAILED"]


def test_a_score_that_is_no_number_is_a_failed_trial(
    data: TrainingData, script: Script
) -> None:
    script.trial = lambda candidate: float("nan") if candidate["number"] else 0.1
    tuning_job = run(search_of(data, n_trials=2, train_after_tuning=False))
    assert tuning_job.job.status == "COMPLETED"
    assert states(tuning_job) == ["COMPLETED", "FAILED"]


def test_data_that_is_gone_fails_the_job(data: TrainingData, script: Script) -> None:
    DataVersion.objects.update(file=None, columnar="")
    tuning_job = run(search_of(data))
    assert tuning_job.job.error == "The file of the data was removed."
    assert states(tuning_job) == []


def test_a_search_reads_one_version_however_the_data_changes(
    data: TrainingData, script: Script
) -> None:
    tuning_job = search_of(data)
    data.version, data.columnar = 2, "training_data/newer/interactions.parquet"
    data.save()
    keep_version(data, Actor(data.project.owner))
    tuning_job = run(tuning_job)
    assert tuning_job.job.status == "COMPLETED"
    assert tuning_job.tuned_model.data_version == 1
    [read] = [args for op, args in script.asked if op == "prepare_split"]
    assert read["interactions"].endswith("blocks/interactions.parquet")


def test_a_split_that_cannot_be_made_fails_the_job(
    data: TrainingData, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> Any:
        raise crash()

    monkeypatch.setattr(script, "child", refuse)
    monkeypatch.setattr("recotem.tuning.services.search_child.Compute", refuse)
    tuning_job = run(search_of(data))
    assert tuning_job.job.status == "FAILED"
    assert "SIGSEGV" in tuning_job.job.error


def test_the_result_of_a_search(data: TrainingData, script: Script) -> None:
    scores = [0.25, 0.75, 0.5]
    script.trial = lambda candidate: scores[candidate["number"]]
    tuning_job = run(search_of(data, n_trials=3, train_after_tuning=False))
    assert tuning_job.job.status == "COMPLETED"
    assert tuning_job.best_score == 0.75
    assert tuning_job.best_config is not None
    assert tuning_job.best_config.name == f"Tuning Result of job {tuning_job.pk}"
    assert tuning_job.best_config.recommender_class_name == "IALSRecommender"
    assert tuning_job.best_config.parameters_json == {"reg": 0.2}
    assert tuning_job.result["interval"] == [0.4, 0.6]
    assert tuning_job.irspack_version
    told = tuning_job.job.progress
    assert (told["trials_done"], told["n_trials"]) == (3, 3)
    assert (told["best_score"], told["best_algorithm"]) == (0.75, "IALS")
    assert told["seconds_left"] == 0
    assert log_of(tuning_job)[:3] == [
        "Trial 1 of 3: IALS scored 0.2500 (best so far) in 0.0 s",
        "Trial 2 of 3: IALS scored 0.7500 (best so far) in 0.0 s",
        "Trial 3 of 3: IALS scored 0.5000 in 0.0 s",
    ]
    assert not local_path(f"work/{tuning_job.job_id}").exists()
    limits = next(args for op, args in script.asked if op == "start")
    assert limits["memory_limit_bytes"] == 2000 * 1024**2


def test_a_score_of_zero_is_a_result(data: TrainingData, script: Script) -> None:
    script.trial = lambda _: 0.0
    tuning_job = run(search_of(data, train_after_tuning=False))
    assert (tuning_job.job.status, tuning_job.best_score) == ("COMPLETED", 0.0)


def test_a_configuration_that_has_the_name_already_is_left_alone(
    data: TrainingData, script: Script
) -> None:
    tuning_job = search_of(data, train_after_tuning=False)
    name = f"Tuning Result of job {tuning_job.pk}"
    ModelConfiguration.objects.create(
        project=data.project, name=name, recommender_class_name="TopPop"
    )
    tuning_job = run(tuning_job)
    assert tuning_job.best_config is not None
    assert tuning_job.best_config.name == f"{name}*"
    assert ModelConfiguration.objects.get(name=name).parameters_json == {}


def test_attempts_side_by_side_share_the_trials_and_one_of_them_finishes(
    data: TrainingData, script: Script
) -> None:
    tuning_job = search_of(
        data, n_trials=12, n_tasks_parallel=2, train_after_tuning=False
    )

    def attempt(number: int) -> None:
        try:
            run(tuning_job, f"task-{number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attempt, range(2)))
    tuning_job.job.refresh_from_db()
    assert tuning_job.job.status == "COMPLETED"
    numbers = tuning_job.trials.values_list("number", flat=True)
    assert list(numbers) == list(range(1, 13))
    assert (script.times("run_trial"), script.times("finish_tuning")) == (12, 1)


def test_a_trial_whose_process_dies_is_tried_again(
    data: TrainingData, script: Script
) -> None:
    def die_twice(candidate: dict[str, Any]) -> float:
        if candidate["number"] == 1 and script.times("run_trial") < 4:
            raise crash()
        return 0.25

    script.trial = die_twice
    tuning_job = run(search_of(data, n_trials=3, train_after_tuning=False))
    assert tuning_job.job.status == "COMPLETED"
    assert states(tuning_job) == ["COMPLETED"] * 3
    assert script.times("run_trial") == 5
    assert script.times("prepare_split") == 1


def test_a_trial_whose_process_always_dies_fails_and_the_job_goes_on(
    data: TrainingData, script: Script
) -> None:
    def die(candidate: dict[str, Any]) -> float:
        if candidate["number"] == 1:
            raise crash()
        return 0.25

    script.trial = die
    tuning_job = run(search_of(data, n_trials=3, train_after_tuning=False))
    assert tuning_job.job.status == "COMPLETED"
    assert states(tuning_job) == ["COMPLETED", "FAILED", "COMPLETED"]
    assert "SIGSEGV" in tuning_job.trials.get(number=2).error


def test_a_trial_that_takes_too_long_fails(data: TrainingData, script: Script) -> None:
    def dawdle(candidate: dict[str, Any]) -> float:
        if candidate["number"] == 0:
            raise ComputeTimeout(30)
        return 0.25

    script.trial = dawdle
    values = {"timeout_singlestep": 30, "train_after_tuning": False}
    tuning_job = run(search_of(data, n_trials=2, **values))
    assert states(tuning_job) == ["FAILED", "COMPLETED"]
    assert tuning_job.trials.get(number=1).error == (
        "It took longer than the job's timeout_singlestep of 30 s."
    )
    timeouts = [args["timeout"] for op, args in script.asked if op == "run_trial"]
    assert timeouts == [30, 30]


@pytest.mark.parametrize("own", [None, 7200])
def test_what_the_workers_limit_ends_names_it(
    data: TrainingData, script: Script, settings: Any, own: int | None
) -> None:
    def dawdle(candidate: dict[str, Any]) -> float:
        if candidate["number"] == 0:
            raise ComputeTimeout(60)
        return 0.25

    def never() -> None:
        raise ComputeTimeout(60)

    settings.STEP_TIME_LIMIT = 60
    script.trial, script.finish = dawdle, never
    tuning_job = run(search_of(data, n_trials=2, timeout_singlestep=own))
    limit = "took longer than the workers' limit for one step (60 s)."
    assert tuning_job.trials.get(number=1).error == f"It {limit}"
    assert tuning_job.job.error == f"Testing the winner {limit}"
    assert {args["timeout"] for _, args in script.asked if "timeout" in args} == {60}


def test_a_trial_without_enough_memory_names_its_budget(
    data: TrainingData, script: Script
) -> None:
    def swell(candidate: dict[str, Any]) -> float:
        if candidate["number"] == 0:
            raise ComputeCrashed("out_of_memory", "More than it may use.", None, "")
        return 0.25

    script.trial = swell
    tuning_job = run(search_of(data, n_trials=2, train_after_tuning=False))
    assert states(tuning_job) == ["FAILED", "COMPLETED"]
    error = tuning_job.trials.get(number=1).error
    assert error.endswith("It needs more than the job's memory_budget of 2000 MB.")


@pytest.mark.parametrize(("n_before", "status"), [(2, "COMPLETED"), (0, "FAILED")])
def test_when_time_is_up_the_search_ends_with_what_there_is(
    data: TrainingData,
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
    n_before: int,
    status: str,
) -> None:
    later = SimpleNamespace(now=lambda: timezone.now() + timedelta(seconds=2000))

    def until_time_is_up(candidate: dict[str, Any]) -> float:
        if candidate["number"] == n_before:
            monkeypatch.setattr(progress, "timezone", later)
        return 0.25

    script.trial = until_time_is_up
    values = {"timeout_overall": 1000, "train_after_tuning": False}
    tuning_job = run(search_of(data, n_trials=10, **values))
    assert tuning_job.job.status == status
    assert states(tuning_job) == ["COMPLETED"] * n_before
    expected = (
        "" if n_before else "No trial ended within the job's timeout_overall of 1000 s."
    )
    assert tuning_job.job.error == expected
    line = f"The search ends after {n_before} of 10 trials: the job's timeout_overall "
    assert f"{line}of 1000 s is over." in log_of(tuning_job)


def test_a_cancelled_search_keeps_its_trials_and_leaves_no_files(
    data: TrainingData, script: Script
) -> None:
    tuning_job = search_of(data, n_trials=10)

    def cancel_in_the_third(candidate: dict[str, Any]) -> float:
        if candidate["number"] == 2:
            request_cancel(tuning_job.job)
        return 0.25

    script.trial = cancel_in_the_third
    tuning_job = run(tuning_job)
    assert tuning_job.job.status == "CANCELLED"
    assert states(tuning_job) == ["COMPLETED", "COMPLETED"]
    assert tuning_job.job.attempts.get().status == "REVOKED"
    assert not local_path(f"work/{tuning_job.job_id}").exists()


def test_a_result_of_an_attempt_that_was_lost_is_refused(
    data: TrainingData, script: Script
) -> None:
    def vanish_once(candidate: dict[str, Any]) -> float:
        if candidate["number"] == 1 and script.times("run_trial") == 2:
            lose_the_living()
            return 0.99
        return 0.25

    script.trial = vanish_once
    tuning_job = search_of(data, n_trials=3, train_after_tuning=False)
    tuning_job = run(tuning_job)
    assert tuning_job.job.status == "RUNNING"
    assert states(tuning_job) == ["COMPLETED", "RUNNING"]
    tuning_job = run(tuning_job, "task-2")
    assert tuning_job.job.status == "COMPLETED"
    assert states(tuning_job) == ["COMPLETED"] * 3
    assert tuning_job.best_score == 0.25
    assert script.times("recotem.tuning.run") >= 1


def test_when_the_one_who_finishes_vanishes_another_finishes(
    data: TrainingData, script: Script
) -> None:
    def vanish_once() -> None:
        if script.times("finish_tuning") == 1:
            lose_the_living()

    script.finish = vanish_once
    tuning_job = run(search_of(data, train_after_tuning=False))
    assert (tuning_job.job.status, tuning_job.result) == ("RUNNING", None)
    tuning_job = run(tuning_job, "task-2")
    assert tuning_job.job.status == "COMPLETED"
    assert script.times("run_trial") == 4
    assert ModelConfiguration.objects.count() == 1


def test_a_final_training_that_fails_fails_the_job_and_keeps_the_result(
    data: TrainingData, script: Script
) -> None:
    script.finish = lambda: DataVersion.objects.update(columnar="") and None
    tuning_job = run(search_of(data))
    assert tuning_job.job.status == "FAILED"
    assert tuning_job.job.error == "The file of the training data was removed."
    assert tuning_job.best_config is not None
    assert tuning_job.best_score == 0.25
    model = TrainedModel.objects.get()
    assert (model.status, model.error) == ("FAILED", tuning_job.job.error)


def test_a_real_search_ends_with_a_tested_and_trained_winner(
    data: TrainingData,
) -> None:
    tuning_job = run(search_of(data, n_trials=5))
    assert (tuning_job.job.status, tuning_job.job.error) == ("COMPLETED", "")
    assert states(tuning_job) == ["COMPLETED"] * 5
    result = tuning_job.result
    assert result["test"]["metrics"]["ndcg"] > result["baseline"]["metrics"]["ndcg"]
    model = TrainedModel.objects.get()
    assert (tuning_job.tuned_model, model.status) == (model, "READY")
    assert local_path(str(model.file)).is_file()
