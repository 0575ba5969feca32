"""Who had which slot serve which model, when and why; and the way back."""

from importlib import import_module

import pytest
from django.apps import apps

from recotem.core.models import AuditEntry, Revision
from recotem.core.storage import local_path
from recotem.deployment.models import Deployment
from recotem.keys.models import ApiKey
from tests.deployment.conftest import LOG, SLOTS, served
from tests.factories import ABTestFactory, DeploymentSlotFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(call_as):
    """The newest first."""

    def read(**query):
        return call_as("viewer", "get", LOG, query).json()["results"]

    return read


@pytest.fixture
def serve(call_as, slot):
    """Give the slot another model, by hand."""

    def change(model, who="editor"):
        path = f"{SLOTS}{slot.pk}/"
        answer = call_as(who, "patch", path, {"trained_model": model.pk})
        assert answer.status_code == 200, answer.data

    return change


@pytest.fixture
def replaced(serve, candidate, make_model):
    """The model that was deployed before the present one."""
    serve(candidate)
    serve(make_model())
    return candidate


def roll_back(call_as, row, who="editor"):
    return call_as(who, "post", f"{LOG}{row['id']}/rollback/")


def test_nobody_writes_into_the_log_or_takes_something_out(
    call_as, log, serve, candidate
):
    serve(candidate)
    [before] = log()
    for method in ("put", "patch", "delete"):
        answer = call_as("admin", method, f"{LOG}{before['id']}/", {"reason": "found"})
        assert answer.status_code == 405
    assert call_as("admin", "post", LOG, before).status_code == 405
    assert log() == [before]


def test_a_new_slot_is_noted(call_as, log, project, candidate):
    body = {"project": project.pk, "name": "front", "trained_model": candidate.pk}
    slot = call_as("editor", "post", SLOTS, body).data
    [row] = log()
    assert (row["slot"], row["slot_name"]) == (slot["id"], "front")
    assert (row["trained_model"], row["former_model"]) == (candidate.pk, None)
    assert row["algorithm"] == "CosineKNNRecommender"
    data = candidate.data_loc
    told = (row["data"], row["data_name"], row["data_version"])
    assert told == (data.pk, data.basename, 1)
    assert (row["reason"], row["actor_name"], row["key"]) == ("manual", "editor", None)
    assert (row["review"], row["verdict"]) == (None, None)


def test_a_change_of_the_model_is_noted_and_no_other(
    call_as, log, serve, slot, candidate, owner
):
    champion = slot.trained_model_id
    path = f"{SLOTS}{slot.pk}/"
    for change in ({"weight": 3}, {"name": "renamed"}, {"is_active": False}):
        assert call_as("editor", "patch", path, change).status_code == 200
    same = {"trained_model": champion}
    assert call_as("editor", "patch", path, same).status_code == 200
    assert log() == []
    serve(candidate, who="key")
    [row] = log()
    assert (row["slot_name"], row["former_model"]) == ("renamed", champion)
    assert (row["actor"], row["key"]) == (owner.pk, ApiKey.objects.get().pk)


def test_a_promoted_winner_is_noted(call_as, log, project, slot, candidate):
    variant = DeploymentSlotFactory(project=project, trained_model=candidate)
    test = ABTestFactory(
        project=project, control_slot=slot, variant_slot=variant, status="COMPLETED"
    )
    body = {"slot_id": variant.pk}
    answer = call_as("editor", "post", f"ab_test/{test.pk}/promote_winner/", body)
    assert answer.status_code == 200
    [row] = log()
    assert (row["slot"], row["reason"]) == (variant.pk, "promotion")
    assert (row["trained_model"], row["former_model"]) == (
        candidate.pk,
        slot.trained_model_id,
    )


def test_the_log_is_read_by_project_and_slot(call_as, log, project, slot, candidate):
    other = DeploymentSlotFactory(project=project)
    for each in (slot, other):
        call_as("owner", "patch", f"{SLOTS}{each.pk}/", {"trained_model": candidate.pk})
    assert [row["slot"] for row in log(project=project.pk)] == [other.pk, slot.pk]
    assert [row["slot"] for row in log(slot=slot.pk)] == [slot.pk]
    assert log(project=0) == []
    assert call_as("viewer", "get", f"{LOG}?slot=x").status_code == 400


def test_any_former_deployment_comes_back_with_one_click(
    call_as, log, serve, slot, candidate, make_model
):
    first, second, third = candidate, make_model(), make_model()
    for model in (first, second, third):
        serve(model)
    oldest = log()[-1]
    assert [row["can_roll_back"] for row in log()] == [False, True, True]
    revision = Revision.objects.get(name="serving").value
    answer = roll_back(call_as, oldest)
    assert answer.status_code == 201, answer.data
    assert served(slot) == first.pk
    assert Revision.objects.get(name="serving").value > revision
    new = log()[0]
    assert new == answer.json()
    assert (new["trained_model"], new["former_model"]) == (first.pk, third.pk)
    assert (new["reason"], new["actor_name"]) == ("rollback", "editor")
    assert AuditEntry.objects.filter(kind="deployment_slot").latest("id").after == {
        "trained_model_id": first.pk
    }
    assert [row["can_roll_back"] for row in log()] == [False, True, True, False]
    assert len(log()) == 4


def test_what_is_served_need_not_come_back(call_as, log, serve, candidate):
    serve(candidate)
    answer = roll_back(call_as, log()[0])
    assert (answer.status_code, answer.data["code"]) == (409, "already_served")
    assert len(log()) == 1


def unlink(call_as, model):
    call_as("owner", "delete", f"trained_model/{model.pk}/unlink_file/")


def delete(call_as, model):
    call_as("owner", "delete", f"trained_model/{model.pk}/")


def lose(_, model):
    local_path(model.file).unlink()


@pytest.mark.parametrize("go", [unlink, delete, lose])
def test_a_model_that_is_gone_does_not_come_back(
    go, call_as, log, replaced, slot, django_capture_on_commit_callbacks
):
    present = served(slot)
    with django_capture_on_commit_callbacks(execute=True):
        go(call_as, replaced)
    row = log()[1]
    answer = roll_back(call_as, row)
    assert (answer.status_code, answer.data["code"]) == (409, "model_gone")
    assert served(slot) == present
    assert (row["trained_model"], len(log())) == (replaced.pk, 2)
    assert row["can_roll_back"] is (go is lose)


def test_a_slot_of_a_running_test_is_not_rolled_back(call_as, log, replaced, slot):
    present = served(slot)
    ABTestFactory(project=slot.project, variant_slot=slot, status="RUNNING")
    answer = roll_back(call_as, log()[1])
    assert (answer.status_code, answer.data["code"]) == (409, "slot_in_test")
    assert (served(slot), len(log())) == (present, 2)


def test_the_log_outlives_its_slot(call_as, log, serve, slot, candidate):
    serve(candidate)
    [before] = log()
    assert call_as("owner", "delete", f"{SLOTS}{slot.pk}/").status_code == 204
    assert log() == [before | {"can_roll_back": False}]
    assert log(slot=slot.pk) == log()
    answer = roll_back(call_as, before)
    assert (answer.status_code, answer.data["code"]) == (409, "slot_gone")


def test_slots_from_before_the_log_are_in_it(log, slot, candidate):
    module = import_module("recotem.deployment.migrations.0003_gate_found")
    module.note_what_is_served(apps, None)
    [row] = log()
    assert (row["slot"], row["slot_name"]) == (slot.pk, "main")
    assert row["trained_model"] == slot.trained_model_id
    assert (row["algorithm"], row["data_version"]) == ("TopPopRecommender", 1)
    assert (row["reason"], row["actor"], row["actor_name"]) == ("found", None, "")
    assert Deployment.objects.get().former_model_id is None
