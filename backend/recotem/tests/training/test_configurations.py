import pytest

from recotem.core.actor import Actor
from recotem.training.models import ModelConfiguration
from recotem.training.services.configurations import update_configuration
from tests.factories import (
    DeploymentSlotFactory,
    ModelConfigurationFactory,
    ParameterTuningJobFactory,
    TrainedModelFactory,
)

ROUTE = "model_configuration/"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"recommender_class_name": "BaseRecommender"}, "recommender_class_name"),
        ({"recommender_class_name": "os.system"}, "recommender_class_name"),
        ({"recommender_class_name": ""}, "recommender_class_name"),
        ({"parameters_json": {"colour": "red"}}, "parameters_json"),
        ({"parameters_json": {"n_components": "many"}}, "parameters_json"),
        ({"parameters_json": {"n_components": -1}}, "parameters_json"),
        ({"parameters_json": [1]}, "parameters_json"),
        ({"parameters_json": None}, "parameters_json"),
        ({"project": 999_999}, "project"),
        ({"name": "x" * 257}, "name"),
    ],
)
def test_what_could_not_be_trained_is_refused(values, field, call_as, project):
    body = {"project": project.pk, "recommender_class_name": "IALS", **values}
    answer = call_as("owner", "post", ROUTE, body)
    assert answer.status_code == 400
    assert answer.data[field]
    assert answer.data["detail"]


def test_a_number_without_end_is_refused(call_as, project):
    body = {
        "project": project.pk,
        "recommender_class_name": "IALS",
        "parameters_json": {"n_components": 10**400},
    }
    assert call_as("owner", "post", ROUTE, body).status_code == 400


@pytest.mark.parametrize("who", ["viewer", "key_read"])
def test_readers_do_not_write(who, call_as, project):
    body = {"project": project.pk, "recommender_class_name": "IALS"}
    assert call_as(who, "post", ROUTE, body).status_code == 403


@pytest.mark.parametrize("name", ["IALS", "IALSRecommender", "TopPop", "RP3beta"])
def test_names_are_taken_with_and_without_their_suffix(name, call_as, project):
    body = {"project": project.pk, "recommender_class_name": name}
    answer = call_as("editor", "post", ROUTE, body)
    assert answer.status_code == 201, answer.data
    assert answer.data["recommender_class_name"] == name
    assert answer.data["parameters_json"] == {}
    assert (answer.data["name"], answer.data["tuning_job"]) == (None, None)


def test_names_are_unique_in_a_project_but_may_be_missing(call_as, project, people):
    body = {"project": project.pk, "recommender_class_name": "TopPop"}
    statuses = [
        call_as("owner", "post", ROUTE, body | extra).status_code
        for extra in (
            {},
            {},
            {"name": "best"},
            {"name": "best"},
            {"name": "best", "project": people.other_project.pk},
        )
    ]
    assert statuses == [201, 201, 201, 400, 201]


def test_an_edit_is_checked_like_a_new_one(call_as, project):
    row = ModelConfigurationFactory(project=project, recommender_class_name="IALS")
    path = f"{ROUTE}{row.pk}/"
    wrong = call_as("owner", "patch", path, {"parameters_json": {"top_k": 3}})
    assert (wrong.status_code, wrong.data["code"]) == (400, "bad_parameter")
    good = call_as("owner", "patch", path, {"parameters_json": {"n_components": 8}})
    assert (good.status_code, good.data["parameters_json"]) == (
        200,
        {"n_components": 8},
    )


def test_what_models_were_trained_with_keeps_its_meaning(call_as, project):
    model = TrainedModelFactory(configuration__project=project)
    path = f"{ROUTE}{model.configuration_id}/"
    renamed = call_as("owner", "patch", path, {"name": "renamed"})
    assert (renamed.status_code, renamed.data["name"]) == (200, "renamed")
    changed = call_as("owner", "patch", path, {"recommender_class_name": "IALS"})
    assert (changed.status_code, changed.data["code"]) == (409, "configuration_in_use")


def test_it_does_not_move_to_another_project(call_as, people, project):
    row = ModelConfigurationFactory(project=project)
    for target in (people.other_project, people.strange_project):
        answer = call_as("owner", "patch", f"{ROUTE}{row.pk}/", {"project": target.pk})
        assert answer.status_code == 400


def test_it_tells_which_search_found_it(call_as, project):
    row = ModelConfigurationFactory(project=project)
    job = ParameterTuningJobFactory(data__project=project, best_config=row)
    shown = call_as("viewer", "get", f"{ROUTE}{row.pk}/")
    assert shown.data["tuning_job"] == job.pk


def test_deleting_it_needs_the_owner_and_no_served_model(call_as, project):
    slot = DeploymentSlotFactory(project=project)
    path = f"{ROUTE}{slot.trained_model.configuration_id}/"
    assert call_as("editor", "delete", path).status_code == 403
    refused = call_as("owner", "delete", path)
    assert (refused.status_code, refused.data["code"]) == (409, "model_in_use")
    slot.delete()
    assert call_as("owner", "delete", path).status_code == 204


def test_any_number_of_configurations_have_no_name(call_as, project):
    body = {"project": project.pk, "recommender_class_name": "TopPop", "name": ""}
    for _ in range(2):
        answer = call_as("owner", "post", "model_configuration/", body)
        assert (answer.status_code, answer.json()["name"]) == (201, None)


def test_a_configuration_deleted_during_its_change_stays_deleted(people, project):
    configuration = ModelConfigurationFactory(project=project)
    ModelConfiguration.objects.all().delete()
    with pytest.raises(ModelConfiguration.DoesNotExist):
        update_configuration(
            actor=Actor(people.user("owner")),
            configuration=configuration,
            changes={"name": "back again"},
        )
    assert not ModelConfiguration.objects.exists()
