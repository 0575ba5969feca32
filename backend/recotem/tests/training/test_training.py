"""From the request to the READY model, with a real child process."""

import pytest

from recotem.core.actor import Actor
from recotem.core.models import Revision
from recotem.core.storage import local_path
from recotem.datasets.services.versions import keep_version
from recotem.jobs import computing
from recotem.jobs.models import Job, JobAttempt, JobStatus
from recotem.jobs.services import request_cancel
from recotem.training.artifact_store import signing_keys
from recotem.training.models import TrainedModel
from recotem.training.services import train
from recotem.training.tasks import run
from recotem_engine.artifact import open_model
from recotem_engine.compute import ComputeCrashed, ComputeTimeout
from recotem_engine.errors import ConfigError
from tests.factories import ModelConfigurationFactory, TrainingDataFactory
from tests.training.models import stored_data

pytestmark = pytest.mark.django_db(transaction=True)


def queue(call_as, project, name="CosineKNN", data=None, **parameters):
    configuration = ModelConfigurationFactory(
        project=project, recommender_class_name=name, parameters_json=parameters
    )
    body = {
        "configuration": configuration.pk,
        "data_loc": (data or stored_data(project)).pk,
    }
    answer = call_as("editor", "post", "trained_model/", body)
    assert answer.status_code == 201, answer.data
    return answer.data


def work(row):
    train.run_training(model_id=row["id"], task_id=f"task-{row['id']}", worker="w1")


def state(call_as, row):
    return call_as("viewer", "get", f"trained_model/{row['id']}/").data


class FakeChild:
    """Does what a test says instead of training."""

    act = staticmethod(lambda **_: None)

    def __init__(self, **_: object) -> None:
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, op: str, **arguments: object) -> dict[str, object]:
        return type(self).act(**arguments)


@pytest.fixture
def child(monkeypatch):
    """Say what the child does with `child(function)`."""
    monkeypatch.setattr(computing, "Compute", FakeChild)

    def does(act):
        monkeypatch.setattr(FakeChild, "act", staticmethod(act))

    return does


def writes_half_and_raises(error):
    def act(*, out, **_):
        with open(out, "wb") as file:  # noqa: PTH123
            file.write(b"half")
        raise error

    return act


def test_only_ready_data_of_the_same_project_is_taken(call_as, project, people):
    configuration = ModelConfigurationFactory(project=project)
    for field, data in {
        "failed": TrainingDataFactory(project=project, status="FAILED"),
        "unlinked": TrainingDataFactory(project=project, file=None),
        "other": TrainingDataFactory(project=people.other_project),
        "strange": TrainingDataFactory(project=people.strange_project),
    }.items():
        body = {"configuration": configuration.pk, "data_loc": data.pk}
        answer = call_as("owner", "post", "trained_model/", body)
        assert answer.status_code == 400, field
        assert answer.data["data_loc"]
    assert not TrainedModel.objects.exists()
    assert not Job.objects.exists()


def test_results_cannot_be_written(call_as, project):
    row = queue(call_as, project)
    written = {"file": "/etc/passwd", "status": "READY", "filesize": 1, "metrics": {}}
    path = f"trained_model/{row['id']}/"
    answer = call_as("owner", "patch", path, written)
    assert answer.status_code == 200
    assert answer.data == row
    other = ModelConfigurationFactory(project=project)
    moved = call_as("owner", "patch", path, {"configuration": other.pk})
    assert moved.data["configuration"] == ["cannot be changed"]


def test_a_queued_model_becomes_ready_with_a_signed_file(call_as, project):
    row = queue(call_as, project, top_k=5)
    assert (row["status"], row["file"], row["task_links"]) == ("PENDING", None, [])
    before = Revision.objects.filter(name="serving").values_list("value", flat=True)
    before = before.first() or 0
    run.apply(kwargs={"model_id": row["id"]}, task_id="task-1").get()
    ready = state(call_as, row)
    assert (ready["status"], ready["error"]) == ("READY", "")
    assert ready["filesize"] == local_path(ready["file"]).stat().st_size
    assert ready["basename"].endswith(".rctm")
    assert ready["irspack_version"]
    [link] = ready["task_links"]
    assert (link["task"]["task_id"], link["task"]["status"]) == ("task-1", "SUCCESS")
    assert Job.objects.get().status == JobStatus.COMPLETED
    assert Revision.objects.get(name="serving").value > before
    opened = open_model(local_path(ready["file"]), signing_keys())
    assert opened.info.algorithm == "CosineKNN"
    assert opened.info.parameters["top_k"] == 5
    question = f"trained_model/{row['id']}/recommendation/?user_id=u0"
    assert call_as("viewer", "get", question).status_code == 200
    again = state(call_as, row)
    work(row)
    assert state(call_as, row) == again


def test_a_training_that_cannot_succeed_says_why_and_leaves_no_file(
    call_as, project, child, media_root
):
    child(writes_half_and_raises(ConfigError("bad_parameter", "It is too large.")))
    row = queue(call_as, project)
    work(row)
    failed = state(call_as, row)
    assert (failed["status"], failed["error"]) == ("FAILED", "It is too large.")
    assert failed["file"] is None
    assert not list(media_root.glob("models/**/*.rctm"))
    assert Job.objects.get().status == JobStatus.FAILED
    lines = call_as("owner", "get", f"trained_model/{row['id']}/").data["task_links"]
    assert lines[0]["task"]["status"] == "FAILURE"


def test_a_training_that_the_workers_limit_ends_names_it(
    call_as, project, child, settings
):
    settings.STEP_TIME_LIMIT = 60
    child(writes_half_and_raises(ComputeTimeout(60)))
    row = queue(call_as, project)
    work(row)
    limit = "the workers' limit for one step (60 s)"
    assert state(call_as, row)["error"] == f"The training took longer than {limit}."


def test_a_model_says_which_version_it_was_trained_on(call_as, project, child):
    read = []

    def dies_then_writes(*, out, interactions, **_):
        read.append(interactions)
        if len(read) == 1:
            newer = f"training_data/{project.pk}/newer.parquet"
            data.version, data.columnar = 3, newer
            data.save()
            keep_version(data, Actor(project.owner))
            raise ComputeCrashed("out_of_memory", "Killed.", -9, "")
        return write_fake(out)

    child(dies_then_writes)
    data = stored_data(project)
    row = queue(call_as, project, data=data)
    assert row["data_version"] is None
    work(row)
    work(row)
    ready = state(call_as, row)
    assert (ready["status"], ready["data_version"]) == ("READY", 1)
    assert len(set(read)) == 1
    later = queue(call_as, project, data=data)
    work(later)
    assert state(call_as, later)["data_version"] == 3
    assert read[-1].endswith("newer.parquet")


def test_a_killed_child_costs_an_attempt_and_not_the_model(
    call_as, project, child, media_root
):
    child(writes_half_and_raises(ComputeCrashed("out_of_memory", "Killed.", -9, "")))
    row = queue(call_as, project)
    work(row)
    assert state(call_as, row)["status"] == "RUNNING"
    assert not list(media_root.glob("models/**/*.rctm"))
    child(lambda *, out, **_: write_fake(out))
    work(row)
    ready = state(call_as, row)
    assert ready["status"] == "READY"
    statuses = [link["task"]["status"] for link in ready["task_links"]]
    assert statuses == ["FAILURE", "SUCCESS"]


def write_fake(out):
    local_path(out).write_bytes(b"model")
    return {"filesize": 5, "versions": {"irspack": "0"}}


def test_a_cancelled_training_leaves_a_failed_model(
    call_as, project, child, media_root
):
    def cancelled_meanwhile(*, out, **_):
        request_cancel(Job.objects.get())
        return write_fake(out)

    child(cancelled_meanwhile)
    row = queue(call_as, project)
    work(row)
    failed = state(call_as, row)
    assert (failed["status"], failed["error"]) == (
        "FAILED",
        "The training was cancelled.",
    )
    assert not list(media_root.glob("models/**/*.rctm"))


def test_a_model_deleted_while_it_is_trained_stays_gone(
    call_as, project, child, media_root
):
    def deleted_meanwhile(*, out, **_):
        path = f"trained_model/{row['id']}/"
        assert call_as("owner", "delete", path).status_code == 204
        return write_fake(out)

    child(deleted_meanwhile)
    row = queue(call_as, project)
    work(row)
    assert not TrainedModel.objects.exists()
    assert not Job.objects.exists()
    assert not JobAttempt.objects.exists()
    assert not list(media_root.glob("models/**/*.rctm"))


def test_a_job_given_up_fails_its_model(call_as, project, child):
    child(writes_half_and_raises(ComputeCrashed("crashed", "It crashed.", -9, "")))
    row = queue(call_as, project)
    for attempt in range(6):
        train.run_training(model_id=row["id"], task_id=f"t{attempt}", worker="w")
    failed = state(call_as, row)
    assert failed["status"] == "FAILED"
    assert failed["error"]
