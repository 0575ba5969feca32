import pytest

from recotem.core import model_events
from recotem.core.models import Revision
from recotem.core.storage import local_path
from recotem.jobs.models import Job
from recotem.training.models import TrainedModel
from recotem_contracts.model_events import ModelDeleted, parse
from tests.factories import (
    DeploymentSlotFactory,
    JobAttemptFactory,
    JobFactory,
    ParameterTuningJobFactory,
    TaskLogFactory,
    TrainedModelFactory,
)
from tests.training.models import trained_model


@pytest.fixture
def model(project):
    return trained_model(project, job=JobFactory(status="COMPLETED"))


@pytest.fixture
def told(monkeypatch, settings):
    """The events that Redis would have carried."""
    events: list[object] = []
    settings.MODEL_EVENTS_REDIS_URL = "redis://nowhere"
    monkeypatch.setattr(
        model_events, "_send", lambda message: events.append(parse(message))
    )
    return events


def test_a_served_model_stays(call_as, project, model):
    DeploymentSlotFactory(project=project, trained_model=model)
    path = f"trained_model/{model.pk}/"
    for address in (path, f"{path}unlink_file/"):
        answer = call_as("owner", "delete", address)
        assert (answer.status_code, answer.data["code"]) == (409, "model_in_use")
    data = call_as("owner", "delete", f"training_data/{model.data_loc_id}/")
    assert (data.status_code, data.data["code"]) == (409, "in_use")
    assert local_path(model.file).exists()


def test_only_owners_delete(call_as, model):
    for address in ("", "unlink_file/"):
        path = f"trained_model/{model.pk}/{address}"
        assert call_as("editor", "delete", path).status_code == 403


@pytest.mark.parametrize("way", ["model", "data", "configuration", "project"])
def test_however_a_model_goes_file_and_logs_go_with_it(
    way, call_as, project, model, told, django_capture_on_commit_callbacks
):
    TaskLogFactory(job=model.job)
    path = {
        "model": f"trained_model/{model.pk}/",
        "data": f"training_data/{model.data_loc_id}/",
        "configuration": f"model_configuration/{model.configuration_id}/",
        "project": f"project/{project.pk}/",
    }[way]
    with django_capture_on_commit_callbacks(execute=True):
        assert call_as("owner", "delete", path).status_code == 204
    assert not local_path(model.file).exists()
    assert not TrainedModel.objects.exists()
    assert not Job.objects.exists()
    assert ModelDeleted(model_id=model.pk, project_id=project.pk) in told
    assert Revision.objects.get(name="serving").value > 0


def test_unlinking_keeps_the_row(
    call_as, project, model, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = call_as("owner", "delete", f"trained_model/{model.pk}/unlink_file/")
    assert (answer.status_code, answer.data["file"]) == (200, None)
    assert not local_path(model.file).exists()
    assert told == [ModelDeleted(model_id=model.pk, project_id=project.pk)]
    listed = call_as("owner", "get", f"trained_model/?data_loc={model.data_loc_id}")
    assert listed.data["count"] == 1


def test_a_redis_that_fails_stops_nobody(
    call_as, model, settings, django_capture_on_commit_callbacks
):
    settings.MODEL_EVENTS_REDIS_URL = "redis://127.0.0.1:1"
    with django_capture_on_commit_callbacks(execute=True):
        answer = call_as("owner", "delete", f"trained_model/{model.pk}/")
    assert answer.status_code == 204


def test_the_file_can_be_downloaded_as_it_is(call_as, model):
    path = f"trained_model/{model.pk}/"
    sent = call_as("key_read", "get", f"{path}download_file/")
    assert b"".join(sent.streaming_content) == local_path(model.file).read_bytes()
    name = call_as("owner", "get", path).data["basename"]
    assert sent["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    "name", ["configuration", "data_loc", "data_loc__project", "id"]
)
def test_filters_match_exactly(name, call_as, project, model):
    value = {
        "configuration": model.configuration_id,
        "data_loc": model.data_loc_id,
        "data_loc__project": project.pk,
        "id": model.pk,
    }[name]
    count = call_as("owner", "get", f"trained_model/?{name}={value}").data["count"]
    none = call_as("owner", "get", f"trained_model/?{name}={value + 999}").data["count"]
    assert (count, none) == (1, 0)
    wrong = call_as("owner", "get", f"trained_model/?{name}=abc")
    assert (wrong.status_code, name in wrong.data) == (400, True)


def test_models_are_filtered_by_their_status(call_as, model):
    def found(status):
        return call_as("viewer", "get", f"trained_model/?status={status}")

    assert [row["id"] for row in found("READY").data["results"]] == [model.pk]
    assert found("RUNNING").data["count"] == 0
    assert found("DONE").status_code == 400


def test_a_model_names_its_project(call_as, project, model):
    row = call_as("viewer", "get", f"trained_model/{model.pk}/").data
    assert row["project"] == project.pk


def test_a_tuned_model_shows_the_attempts_of_its_tuning_job(call_as, project):
    model = TrainedModelFactory(configuration__project=project, job=None)
    tuning_job = ParameterTuningJobFactory(data=model.data_loc, tuned_model=model)
    attempt = JobAttemptFactory(job=tuning_job.job)
    row = call_as("viewer", "get", f"trained_model/{model.pk}/").json()
    assert [link["task"]["task_id"] for link in row["task_links"]] == [attempt.task_id]
