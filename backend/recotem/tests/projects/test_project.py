import pytest

from recotem.core.models import AuditEntry, Revision
from recotem.jobs.models import Job
from recotem.projects.models import Project
from tests.factories import (
    DeploymentSlotFactory,
    MembershipFactory,
    ModelConfigurationFactory,
    ParameterTuningJobFactory,
    ProjectFactory,
    TrainedModelFactory,
    TrainingDataFactory,
)

NEW = {"name": "books", "user_column": "reader", "item_column": "book"}


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("key", 403), ("key_read", 403), ("stranger", 201)],
)
def test_who_may_create_a_project(who, status, call_as):
    assert call_as(who, "post", "project/", NEW).status_code == status


def test_a_new_project_belongs_to_who_asked_whatever_the_request_says(
    call_as, owner, stranger
):
    answer = call_as("owner", "post", "project/", {**NEW, "owner": stranger.pk})
    assert answer.json()["owner"] == owner.pk


def test_a_name_can_be_had_once_by_each_owner(call_as, project):
    again = call_as("owner", "post", "project/", {**NEW, "name": project.name})
    assert again.status_code == 400
    assert again.json() == {
        "name": ["This name is already taken."],
        "detail": "name: This name is already taken.",
        "code": "taken",
    }
    elsewhere = call_as("stranger", "post", "project/", {**NEW, "name": project.name})
    assert elsewhere.status_code == 201


def test_a_project_cannot_be_renamed_to_the_name_of_another(call_as, people):
    path = f"project/{people.other_project.pk}/"
    answer = call_as("owner", "patch", path, {"name": people.project.name})
    assert answer.status_code == 400
    assert "name" in answer.json()


@pytest.mark.parametrize("value", ["", None])
def test_no_time_column_is_stored_as_null(value, call_as):
    answer = call_as("owner", "post", "project/", {**NEW, "time_column": value})
    assert answer.json()["time_column"] is None


@pytest.mark.parametrize("name", ["", " ", "x" * 257, "a\0b", None])
def test_names_that_are_refused(name, call_as):
    answer = call_as("owner", "post", "project/", {**NEW, "name": name})
    assert answer.status_code == 400
    assert "name" in answer.json()


def test_users_and_items_need_a_column_each(call_as, project):
    path = f"project/{project.pk}/"
    answers = [
        call_as("owner", "post", "project/", {**NEW, "item_column": "reader"}),
        call_as("owner", "patch", path, {"item_column": project.user_column}),
        call_as("owner", "patch", path, {"user_column": project.item_column}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert all("user_column" in answer.json()["item_column"][0] for answer in answers)
    swapped = {"user_column": "item_id", "item_column": "user_id"}
    assert call_as("owner", "patch", path, swapped).status_code == 200


@pytest.mark.parametrize("column", ["user_column", "item_column", "time_column"])
def test_columns_lock_once_there_is_data(column, call_as, project):
    path = f"project/{project.pk}/"
    assert call_as("owner", "patch", path, {column: "first"}).status_code == 200
    TrainingDataFactory(project=project)
    answer = call_as("owner", "patch", path, {column: "second"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "columns_locked"
    same = call_as("owner", "patch", path, {column: "first", "name": "renamed"})
    assert same.status_code == 200


@pytest.mark.parametrize(
    ("who", "read", "write", "delete"),
    [
        ("anonymous", 401, 401, 401),
        ("stranger", 404, 404, 404),
        ("viewer", 200, 403, 403),
        ("editor", 200, 200, 403),
        ("co_owner", 200, 200, 204),
        ("staff", 200, 200, 204),
        ("key_read", 200, 403, 403),
        ("key", 200, 200, 403),
        ("key_of_other_project", 404, 404, 404),
    ],
)
def test_who_may_do_what_to_a_project(who, read, write, delete, call_as, project):
    path = f"project/{project.pk}/"
    assert call_as(who, "get", path).status_code == read
    assert call_as(who, "patch", path, {"name": "renamed"}).status_code == write
    assert call_as(who, "delete", path).status_code == delete


def test_a_project_goes_with_slots_models_jobs_and_all(call_as, project):
    DeploymentSlotFactory(project=project)
    ParameterTuningJobFactory(data__project=project)
    MembershipFactory(project=project)
    assert call_as("owner", "delete", f"project/{project.pk}/").status_code == 204
    assert not Project.objects.exists()
    assert not Job.objects.exists()


def test_the_list_is_newest_first_and_holds_only_what_one_may_see(
    call_as, people, project
):
    ProjectFactory()
    names = [row["name"] for row in _list(call_as, "owner")]
    assert names == [project.name]
    assert people.other_project.pk
    assert [row["name"] for row in _list(call_as, "owner")] == [
        "another shop",
        project.name,
    ]
    assert [row["name"] for row in _list(call_as, "key")] == [project.name]
    assert len(_list(call_as, "staff")) == 3


def _list(call_as, who):
    return call_as(who, "get", "project/").json()["results"]


def test_filters_match_exactly(call_as, people, project):
    assert people.other_project.pk
    by_name = call_as("owner", "get", "project/", {"name": project.name}).json()
    assert [row["id"] for row in by_name["results"]] == [project.pk]
    by_id = call_as("owner", "get", "project/", {"id": project.pk}).json()
    assert by_id["count"] == 1


def test_the_summary_counts_each_thing_once(call_as, project):
    data = TrainingDataFactory.create_batch(3, project=project)
    configuration = ModelConfigurationFactory(project=project)
    TrainedModelFactory.create_batch(2, configuration=configuration, data_loc=data[0])
    model = TrainedModelFactory(configuration=configuration, data_loc=data[1])
    DeploymentSlotFactory.create_batch(2, project=project, trained_model=model)
    ParameterTuningJobFactory.create_batch(2, data=data[0], job__status="COMPLETED")
    ParameterTuningJobFactory(data=data[0])
    DeploymentSlotFactory()
    summary = call_as("viewer", "get", f"project_summary/{project.pk}/").json()
    assert summary.pop("last_trained_at") is not None
    assert summary.pop("ins_datetime").endswith("Z")
    assert summary == {
        "n_data": 3,
        "n_complete_jobs": 2,
        "n_models": 3,
        "n_slots": 2,
        "n_running_tests": 0,
    }


def test_an_empty_project_was_never_trained(call_as, project):
    summary = call_as("owner", "get", f"project_summary/{project.pk}/").json()
    assert summary["last_trained_at"] is None
    assert summary["n_data"] == 0


@pytest.mark.parametrize("share", [-0.1, 1.1, "half", None])
def test_what_is_no_share_is_not_sampled(share, call_as, project):
    path = f"project/{project.pk}/"
    answer = call_as("editor", "patch", path, {"exposure_sampling": share})
    assert answer.status_code == 400
    assert answer.json()["exposure_sampling"]


def test_inference_learns_of_another_sampling_and_of_no_other_change(call_as, project):
    def change(**values):
        answer = call_as("editor", "patch", f"project/{project.pk}/", values)
        assert answer.status_code == 200
        return Revision.objects.filter(name="serving").values_list("value", flat=True)

    assert list(change(name="other")) == []
    assert list(change(exposure_sampling=0.5)) == [1]
    assert list(change(exposure_sampling=0.5)) == [1]
    assert AuditEntry.objects.filter(after__exposure_sampling=0.5).exists()
