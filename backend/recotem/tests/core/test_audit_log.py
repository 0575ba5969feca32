import json
from datetime import timedelta

import pytest
from django.utils import timezone

from recotem.core.models import AuditEntry
from recotem.projects.models import Project
from tests.factories import (
    ParameterTuningJobFactory,
    ProjectFactory,
    TrainedModelFactory,
    UserFactory,
)
from tests.people import PASSWORD

NEW = {"name": "books", "user_column": "reader", "item_column": "book"}


def log(call_as, project, who="owner", **query):
    return call_as(who, "get", f"project/{project.pk}/audit_log/", query)


def last():
    return AuditEntry.objects.first()


@pytest.mark.parametrize(
    ("who", "of_project", "of_all"),
    [
        ("anonymous", 401, 401),
        ("stranger", 404, 403),
        ("key", 403, 403),
        ("viewer", 403, 403),
        ("editor", 403, 403),
        ("co_owner", 200, 403),
        ("owner", 200, 403),
        ("staff", 200, 200),
    ],
)
def test_who_may_read_the_log(who, of_project, of_all, call_as, project):
    assert log(call_as, project, who).status_code == of_project
    assert call_as(who, "get", "audit_log/").status_code == of_all


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_the_log_or_changes_it(method, call_as, project):
    for path in ("audit_log/", f"project/{project.pk}/audit_log/"):
        assert call_as("admin", method, path).status_code == 405
    call_as("owner", "patch", f"project/{project.pk}/", {"name": "renamed"})
    path = f"audit_log/{last().pk}/"
    assert call_as("admin", method, path).status_code == 404


def test_what_was_refused_is_not_noted(call_as, people):
    call_as("viewer", "patch", f"project/{people.project.pk}/", {"name": "renamed"})
    taken = {"name": people.project.name}
    call_as("owner", "patch", f"project/{people.other_project.pk}/", taken)
    call_as("stranger", "delete", f"project/{people.project.pk}/")
    assert not AuditEntry.objects.exists()


def test_a_change_that_changes_nothing_is_not_noted(call_as, project):
    same = {"name": project.name, "user_column": project.user_column}
    assert call_as("owner", "patch", f"project/{project.pk}/", same).status_code == 200
    assert not AuditEntry.objects.exists()


def test_a_log_holds_nothing_of_other_projects(call_as, people):
    for mine in (people.project, people.other_project):
        path = f"project/{mine.pk}/"
        call_as("owner", "patch", path, {"name": f"{mine.name} renamed"})
    strange = f"project/{people.strange_project.pk}/"
    call_as("stranger", "patch", strange, {"name": "marker"})
    rows = log(call_as, people.project).json()["results"]
    assert {row["project"] for row in rows} == {people.project.pk}
    # Neither does a filter by another project widen it.
    path = f"project/{people.project.pk}/audit_log/"
    answer = call_as("owner", "get", path, {"project": people.strange_project.pk})
    assert answer.json()["results"] == rows


def test_an_entry_says_who_did_what_to_what_and_how_it_was_before(call_as, people):
    project, editor = people.project, people.user("editor")
    path = f"project/{project.pk}/"
    call_as("editor", "patch", path, {"name": "renamed", "time_column": "time"})
    (entry,) = log(call_as, project).json()["results"]
    assert entry.pop("ins_datetime").endswith("Z")
    assert entry.pop("id")
    assert entry == {
        "actor": editor.pk,
        "actor_name": "editor",
        "key": None,
        "project": project.pk,
        "action": "update",
        "kind": "project",
        "subject": project.pk,
        "name": "renamed",
        "before": {"name": "shop"},
        "after": {"name": "renamed"},
    }


def test_what_a_key_did_is_noted_with_the_key(call_as, people):
    call_as("key", "patch", f"project/{people.project.pk}/", {"name": "renamed"})
    entry = last()
    assert entry.actor == people.user("owner").pk
    assert entry.key == people.project.api_keys.get().pk


def test_the_end_of_a_project_outlives_it(call_as):
    made = call_as("stranger", "post", "project/", NEW).json()
    call_as("stranger", "delete", f"project/{made['id']}/")
    assert not Project.objects.exists()
    query = {"project": made["id"]}
    rows = call_as("staff", "get", "audit_log/", query).json()["results"]
    assert [row["action"] for row in rows] == ["delete", "create"]
    assert rows[0]["before"]["name"] == rows[1]["after"]["name"] == "books"


def test_members_are_noted_from_first_to_last(call_as, project):
    UserFactory(username="ann")
    path = f"project/{project.pk}/members/"
    body = {"username": "ann", "role": "viewer"}
    row = f"{path}{call_as('owner', 'post', path, body).json()['id']}/"
    call_as("owner", "patch", row, {"role": "editor"})
    call_as("owner", "delete", row)
    rows = log(call_as, project, kind="membership").json()["results"]
    assert [(r["action"], r["name"]) for r in rows] == [
        ("delete", "ann"),
        ("update", "ann"),
        ("create", "ann"),
    ]
    assert (rows[1]["before"], rows[1]["after"]) == (
        {"role": "viewer"},
        {"role": "editor"},
    )


def test_keys_are_noted_from_first_to_last(call_as, project):
    body = {"project": project.pk, "name": "shop front", "scopes": ["read", "predict"]}
    path = f"api_keys/{call_as('owner', 'post', 'api_keys/', body).json()['id']}/"
    later = (timezone.now() + timedelta(days=1)).isoformat()
    call_as("owner", "patch", path, {"scopes": ["read"], "expires_at": later})
    for _ in range(2):
        call_as("owner", "post", f"{path}revoke/")
    call_as("owner", "delete", path)
    rows = log(call_as, project, kind="api_key").json()["results"]
    actions = [row["action"] for row in rows]
    assert actions == ["delete", "revoke", "update", "create"]
    assert rows[2]["before"] == {"scopes": ["read", "predict"], "expires_at": None}
    assert rows[2]["after"]["scopes"] == ["read"]


def test_accounts_are_noted_from_first_to_last(call_as):
    new = {"username": "nina", "password": "a fine long one"}
    pk = call_as("admin", "post", "users/", new).json()["id"]
    path = f"users/{pk}/"
    call_as("admin", "patch", path, {"is_staff": True})
    for _ in range(2):
        call_as("admin", "post", f"{path}deactivate/")
    call_as("admin", "post", f"{path}activate/")
    call_as("admin", "post", f"{path}reset_password/", {"new_password": "another 1 x"})
    rows = call_as("staff", "get", "audit_log/", {"kind": "user"}).json()["results"]
    assert [row["action"] for row in rows] == [
        "reset_password",
        "activate",
        "deactivate",
        "update",
        "create",
    ]
    assert {row["name"] for row in rows} == {"nina"}
    assert {row["project"] for row in rows} == {None}
    assert rows[3]["after"] == {"is_staff": True}


def test_no_secret_is_ever_noted(call_as, people):
    text = people.key("key")
    row = people.project.api_keys.get()
    ann = UserFactory(username="ann")
    fresh = "a fine long one"
    call_as("admin", "post", f"users/{ann.pk}/reset_password/", {"new_password": fresh})
    call_as("admin", "post", "users/", {"username": "nina", "password": fresh})
    own = {"old_password": PASSWORD, "new_password": fresh}
    assert call_as("owner", "post", "users/change_password/", own).status_code == 200
    ann.refresh_from_db()
    told = json.dumps(list(AuditEntry.objects.values()), default=str)
    salt = people.project.assignment_salt
    for secret in (text, text[13:], row.key_hash, fresh, PASSWORD, ann.password, salt):
        assert secret not in told
    assert last().action == "change_password"


@pytest.mark.parametrize(
    ("query", "status"),
    [({"action": "explode"}, 400), ({"actor": "abc"}, 400), ({"kind": "cat"}, 200)],
)
def test_filters_of_the_log(query, status, call_as, project):
    call_as("owner", "patch", f"project/{project.pk}/", {"name": "renamed"})
    answer = log(call_as, project, **query)
    assert answer.status_code == status
    assert log(call_as, project, action="update").json()["count"] == 1
    assert log(call_as, project, action="delete").json()["count"] == 0


def test_the_log_comes_in_pages_newest_first(call_as, owner):
    mine = ProjectFactory(owner=owner)
    for number in range(5):
        call_as("owner", "patch", f"project/{mine.pk}/", {"name": f"name {number}"})
    page = log(call_as, mine, page_size=2, page=2).json()
    assert page["count"] == 5
    assert [row["after"]["name"] for row in page["results"]] == ["name 2", "name 1"]


def test_slots_models_and_searches_are_noted_too(call_as, project):
    model = TrainedModelFactory(configuration__project=project)
    body = {"project": project.pk, "name": "front", "trained_model": model.pk}
    made = call_as("editor", "post", "deployment_slot/", body).json()
    path = f"deployment_slot/{made['id']}/"
    call_as("editor", "patch", path, {"weight": 7})
    call_as("owner", "delete", path)
    assert call_as("owner", "delete", f"trained_model/{model.pk}/").status_code == 204
    search = ParameterTuningJobFactory(data__project=project)
    job = f"parameter_tuning_job/{search.pk}/"
    assert call_as("editor", "post", f"{job}cancel/").status_code == 200
    assert call_as("owner", "delete", job).status_code == 204
    rows = log(call_as, project).json()["results"]
    assert [(row["action"], row["kind"]) for row in rows] == [
        ("delete", "parameter_tuning_job"),
        ("cancel", "parameter_tuning_job"),
        ("delete", "trained_model"),
        ("delete", "deployment_slot"),
        ("update", "deployment_slot"),
        ("create", "deployment_slot"),
    ]
    assert (rows[4]["before"], rows[4]["after"]) == ({"weight": 100}, {"weight": 7})


def test_configurations_are_noted_with_what_they_were_before(call_as, project):
    kinds = {
        "model_configuration": {
            "project": project.pk,
            "recommender_class_name": "IALS",
        },
        "split_config": {"random_seed": 1},
        "evaluation_config": {"cutoff": 5},
    }
    changes = {
        "model_configuration": {"parameters_json": {"n_components": 8}},
        "split_config": {"random_seed": 2},
        "evaluation_config": {"cutoff": 7},
    }
    for kind, body in kinds.items():
        made = call_as("owner", "post", f"{kind}/", body).json()
        path, (name,) = f"{kind}/{made['id']}/", changes[kind]
        for _ in range(2):
            call_as("owner", "patch", path, changes[kind])
        call_as("owner", "delete", path)
        rows = call_as("staff", "get", "audit_log/", {"kind": kind}).json()["results"]
        assert [row["action"] for row in rows] == ["delete", "update", "create"]
        assert rows[1]["before"] == {name: made[name]}
        assert rows[1]["after"] == rows[1]["before"] | changes[kind]


def test_a_model_file_that_is_given_up_is_noted(call_as, project):
    model = TrainedModelFactory(configuration__project=project)
    path = f"trained_model/{model.pk}/unlink_file/"
    assert call_as("owner", "delete", path).status_code == 200
    (row,) = log(call_as, project).json()["results"]
    assert (row["action"], row["kind"]) == ("update", "trained_model")
    assert (row["before"], row["after"]) == ({"file": model.file}, {"file": None})
