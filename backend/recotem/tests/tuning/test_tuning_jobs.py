"""Tuning jobs as clients see them."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response

from recotem.jobs.models import Job, TaskLog
from recotem.jobs.services import append_log
from recotem.projects.models import Project
from recotem.training.models import ModelConfiguration
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services.scratch import tuning_spec
from tests.factories import (
    EvaluationConfigFactory,
    JobAttemptFactory,
    ModelConfigurationFactory,
    ParameterTuningJobFactory,
    SplitConfigFactory,
    TrainedModelFactory,
    TrainingDataFactory,
    TrialFactory,
)
from tests.people import People
from tests.tuning.fake_compute import Script

type Call = Callable[..., Response]
type Values = dict[str, Any]

PATH = "parameter_tuning_job/"


@pytest.fixture
def values(people: People, script: Script) -> Values:
    """A request that is accepted."""
    creator = people.user("owner")
    return {
        "data": TrainingDataFactory(project=people.project).pk,
        "split": SplitConfigFactory(created_by=creator).pk,
        "evaluation": EvaluationConfigFactory(created_by=creator).pk,
    }


@pytest.fixture
def tuning_job(people: People) -> ParameterTuningJob:
    return ParameterTuningJobFactory(data__project=people.project)


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 400), ("viewer", 400), ("key_read", 403)]
)
def test_who_may_not_write_in_the_project_starts_no_job(
    call_as: Call, values: Values, who: str, status: int
) -> None:
    assert call_as(who, "post", PATH, values).status_code == status
    assert not Job.objects.exists()


def test_a_viewer_with_configurations_of_his_own_starts_no_job(
    call_as: Call, people: People, values: Values
) -> None:
    viewer = people.user("viewer")
    values["split"] = SplitConfigFactory(created_by=viewer).pk
    values["evaluation"] = EvaluationConfigFactory(created_by=viewer).pk
    assert call_as("viewer", "post", PATH, values).status_code == 403


@pytest.mark.parametrize("name", ["data", "split", "evaluation"])
def test_rows_of_others_are_refused_as_if_they_did_not_exist(
    call_as: Call, values: Values, name: str
) -> None:
    factories = {
        "data": TrainingDataFactory,
        "split": SplitConfigFactory,
        "evaluation": EvaluationConfigFactory,
    }
    for foreign in (factories[name]().pk, 987_654_321):
        answer = call_as("owner", "post", PATH, values | {name: foreign})
        assert answer.status_code == 400
        assert answer.json()[name] == ["not found"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_tasks_parallel", 0),
        ("n_tasks_parallel", 65),
        ("n_trials", 0),
        ("n_trials", 10_001),
        ("memory_budget", 0),
        ("timeout_overall", 0),
        ("timeout_singlestep", -1),
        ("random_seed", -1),
        ("tried_algorithms_json", []),
        ("tried_algorithms_json", "IALS"),
        ("tried_algorithms_json", ["IALS", "BaseRecommender"]),
    ],
)
def test_what_cannot_work_is_refused_by_name(
    call_as: Call, values: Values, name: str, value: Any
) -> None:
    answer = call_as("owner", "post", PATH, values | {name: value})
    assert answer.status_code == 400
    assert name in answer.json()
    assert not Job.objects.exists()


@pytest.mark.parametrize("scheme", ["TG", "TU"])
def test_a_split_by_time_needs_a_time_column(
    call_as: Call, people: People, values: Values, scheme: str
) -> None:
    people.project.time_column = None
    people.project.save()
    split = SplitConfigFactory(created_by=people.user("owner"), scheme=scheme)
    answer = call_as("owner", "post", PATH, values | {"split": split.pk})
    assert (answer.status_code, "split" in answer.json()) == (400, True)


@pytest.mark.parametrize("state", [{"status": "FAILED"}, {"file": None}])
def test_data_without_a_readable_file_is_refused(
    call_as: Call, people: People, values: Values, state: Values
) -> None:
    data = TrainingDataFactory(project=people.project, **state)
    answer = call_as("owner", "post", PATH, values | {"data": data.pk})
    assert (answer.status_code, "data" in answer.json()) == (400, True)


def test_results_are_not_for_clients_to_write(
    call_as: Call, people: People, values: Values
) -> None:
    config = ModelConfigurationFactory(project=people.project)
    forged = {"best_score": 1.0, "status": "COMPLETED", "best_config": config.pk}
    job = call_as("owner", "post", PATH, values | forged).json()
    assert (job["best_score"], job["status"], job["best_config"]) == (
        None,
        "PENDING",
        None,
    )


def test_a_job_is_made_with_its_defaults_and_workers_are_called(
    call_as: Call,
    values: Values,
    script: Script,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = call_as("owner", "post", PATH, values | {"n_tasks_parallel": 3})
    assert answer.status_code == 201
    job = answer.json()
    expected = {
        **values,
        "n_tasks_parallel": 3,
        "n_trials": 40,
        "memory_budget": 8000,
        "timeout_overall": None,
        "tried_algorithms_json": None,
        "train_after_tuning": True,
        "status": "PENDING",
        "n_trials_done": 0,
        "task_links": [],
        "error": "",
        "started_at": None,
    }
    assert {name: job[name] for name in expected} == expected
    assert script.times("recotem.tuning.run") == 3


def test_names_of_algorithms_are_taken_with_and_without_suffix(
    call_as: Call, values: Values
) -> None:
    names = ["IALSRecommender", "TopPop"]
    answer = call_as("owner", "post", PATH, values | {"tried_algorithms_json": names})
    assert answer.json()["tried_algorithms_json"] == names


def test_a_job_cannot_be_changed(call_as: Call, tuning_job: ParameterTuningJob) -> None:
    path = f"{PATH}{tuning_job.pk}/"
    assert call_as("owner", "patch", path, {"n_trials": 5}).status_code == 409
    assert call_as("owner", "patch", path, {"n_trials": 40}).status_code == 200


def test_a_job_is_cancelled_once(call_as: Call, tuning_job: ParameterTuningJob) -> None:
    path = f"{PATH}{tuning_job.pk}/cancel/"
    assert call_as("viewer", "post", path).status_code == 403
    answer = call_as("editor", "post", path)
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    again = call_as("editor", "post", path)
    assert (again.status_code, again.json()["code"]) == (409, "job_ended")


def test_a_job_that_runs_is_not_deleted_and_one_that_ended_goes_with_its_log(
    call_as: Call, tuning_job: ParameterTuningJob
) -> None:
    path = f"{PATH}{tuning_job.pk}/"
    append_log(tuning_job.job_id, "A line.")
    config = ModelConfigurationFactory(project=tuning_job.data.project)
    ParameterTuningJob.objects.update(best_config=config)
    assert call_as("owner", "delete", path).json()["code"] == "job_runs"
    Job.objects.update(status="COMPLETED")
    assert call_as("editor", "delete", path).status_code == 403
    assert call_as("owner", "delete", path).status_code == 204
    assert not Job.objects.exists()
    assert not TaskLog.objects.exists()
    assert ModelConfiguration.objects.get() == config


def test_a_project_takes_its_jobs_with_it(
    people: People, tuning_job: ParameterTuningJob
) -> None:
    people.project.delete()
    assert not Job.objects.exists()


def test_attempts_are_told_in_the_words_of_celery_oldest_first(
    call_as: Call, tuning_job: ParameterTuningJob
) -> None:
    for number in range(2):
        JobAttemptFactory(job=tuning_job.job, task_id=f"task-{number}")
    links = call_as("viewer", "get", f"{PATH}{tuning_job.pk}/").json()["task_links"]
    assert [link["task"]["task_id"] for link in links] == ["task-0", "task-1"]
    assert set(links[0]["task"]) == {
        "task_id",
        "status",
        "date_created",
        "date_done",
        "traceback",
    }
    assert links[0]["task"]["status"] == "STARTED"


def test_only_trials_that_ended_are_listed_and_counted(
    call_as: Call, tuning_job: ParameterTuningJob
) -> None:
    for number, state in enumerate(("COMPLETED", "FAILED", "RUNNING"), start=1):
        TrialFactory(tuning_job=tuning_job, number=number, state=state)
    TrialFactory()
    page = call_as("viewer", "get", f"{PATH}{tuning_job.pk}/trials/?page_size=1").json()
    assert (page["count"], len(page["results"])) == (2, 1)
    assert (page["results"][0]["number"], page["results"][0]["state"]) == (2, "FAILED")
    job = call_as("viewer", "get", f"{PATH}{tuning_job.pk}/").json()
    assert job["n_trials_done"] == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [("status=DONE", 400), ("data=x", 400), ("data__project=0", 200)],
)
def test_a_bad_filter_is_refused(call_as: Call, query: str, status: int) -> None:
    assert call_as("owner", "get", f"{PATH}?{query}").status_code == status


def test_jobs_are_filtered(call_as: Call, tuning_job: ParameterTuningJob) -> None:
    other = ParameterTuningJobFactory(data__project=tuning_job.data.project)
    Job.objects.filter(pk=other.job_id).update(status="FAILED")

    def found(**query: Any) -> list[int]:
        rows = call_as("owner", "get", PATH, query).json()["results"]
        return [row["id"] for row in rows]

    assert found() == [other.pk, tuning_job.pk]
    assert found(status="FAILED") == [other.pk]
    assert found(data=tuning_job.data_id) == [tuning_job.pk]
    assert found(data__project=tuning_job.data.project_id) == found()


def test_a_job_names_its_project(call_as: Call, tuning_job: ParameterTuningJob) -> None:
    row = call_as("viewer", "get", f"{PATH}{tuning_job.pk}/").json()
    assert row["project"] == tuning_job.data.project_id


def test_a_log_is_read_from_where_one_was(
    call_as: Call, tuning_job: ParameterTuningJob
) -> None:
    attempt = JobAttemptFactory(job=tuning_job.job)
    lines = [append_log(tuning_job.job_id, f"line {n}", attempt) for n in range(3)]
    model = TrainedModelFactory(configuration__project=tuning_job.data.project)
    ParameterTuningJob.objects.update(tuned_model=model)
    of_model = append_log(model.job_id, "trained")
    stranger = ParameterTuningJobFactory()
    append_log(stranger.job_id, "not for you")

    def found(**query: Any) -> list[int]:
        rows = call_as("viewer", "get", "task_log/", query).json()["results"]
        return [row["id"] for row in rows]

    newest_first = [line.pk for line in reversed(lines)]
    assert found() == [of_model.pk, *newest_first]
    assert found(tuning_job_id=tuning_job.pk) == newest_first
    assert found(tuning_job_id=tuning_job.pk, id_gt=lines[1].pk) == [lines[2].pk]
    assert found(model_id=model.pk) == [of_model.pk, *newest_first]
    assert found(tuning_job_id=stranger.pk) == []
    line = call_as("viewer", "get", f"task_log/{lines[0].pk}/").json()
    assert (line["contents"], line["task"]) == ("line 0", attempt.task_id)
    assert call_as("owner", "delete", f"task_log/{lines[0].pk}/").status_code == 405


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("key_predict", 403), ("key_read", 200)]
)
def test_the_algorithms_are_listed(call_as: Call, who: str, status: int) -> None:
    answer = call_as(who, "get", "algorithms/")
    assert answer.status_code == status
    if status == 200:
        known = {item["name"]: item for item in answer.json()["results"]}
        assert {"IALS", "TopPop"} <= set(known)
        assert known["TopPop"]["tried_by_default"]
        assert not known["NMF"]["tried_by_default"]
        assert known["DenseSLIM"]["most_items"] == 10_000
        reg = next(p for p in known["IALS"]["parameters"] if p["name"] == "reg")
        assert (reg["type"], reg["log"], reg["searched"]) == ("float", True, True)
        assert reg["search_low"] < reg["search_high"]


@pytest.mark.parametrize(("n_items", "tried"), [(10_000, True), (10_001, False)])
def test_the_size_of_the_data_decides_what_a_search_tries_unasked(
    project: Project, n_items: int, tried: bool
) -> None:
    data = TrainingDataFactory(project=project, n_items=n_items)
    job = ParameterTuningJobFactory(data=data, tried_algorithms_json=None)
    algorithms = tuning_spec(job).algorithms
    assert ("DenseSLIM" in algorithms) == tried
    assert {"IALS", "TopPop"} <= set(algorithms)
    job.tried_algorithms_json = ["DenseSLIMRecommender"]
    assert tuning_spec(job).algorithms == ("DenseSLIM",)
