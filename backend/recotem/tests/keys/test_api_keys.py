from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from recotem.core.models import Revision
from recotem.keys.models import ApiKey
from recotem_contracts import api_keys
from tests.factories import ApiKeyFactory, ProjectFactory, TrainingDataFactory

NEW = {"name": "shop front", "scopes": ["read", "predict"]}


def create(call_as, project, who="owner", **changes):
    body = {"project": project.pk, **NEW, **changes}
    return call_as(who, "post", "api_keys/", body)


def with_key(text, path="project/", method="get", **options):
    client = APIClient(headers={"X-API-Key": text})
    return getattr(client, method)(f"/api/v1/{path}", **options)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 401),
        ("stranger", 400),
        ("viewer", 403),
        ("editor", 403),
        ("key", 403),
        ("key_write", 403),
        ("key_of_other_project", 403),
        ("co_owner", 201),
        ("staff", 201),
    ],
)
def test_who_may_create_a_key(who, status, call_as, project):
    assert create(call_as, project, who).status_code == status


def test_a_project_one_may_not_see_is_not_found(call_as, people):
    answer = create(call_as, people.strange_project)
    assert answer.json()["project"] == ["not found"]
    for unknown in (10**20, 0, -1, True, "x", None):
        body = {**NEW, "project": unknown}
        assert "project" in call_as("owner", "post", "api_keys/", body).json()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scopes", []),
        ("scopes", ["admin"]),
        ("scopes", "read"),
        ("scopes", None),
        ("name", ""),
        ("expires_at", "2020-01-01T00:00:00Z"),
        ("expires_at", "soon"),
    ],
)
def test_keys_that_are_refused(field, value, call_as, project):
    answer = create(call_as, project, **{field: value})
    assert answer.status_code == 400
    assert field in answer.json()


def test_a_name_can_be_had_once_in_a_project(call_as, project):
    create(call_as, project)
    answer = create(call_as, project)
    assert answer.status_code == 400
    assert answer.json()["name"] == ["This name is already taken."]


def test_the_key_is_shown_once_and_its_hash_never(call_as, project):
    answer = create(call_as, project, scopes=["predict", "read", "read"])
    assert answer.status_code == 201
    body = answer.json()
    key = body.pop("key")
    assert key.startswith("rctm_")
    assert len(key) == 69
    assert body["scopes"] == ["read", "predict"]
    shown = call_as("owner", "get", f"api_keys/{body['id']}/").json()
    assert shown == body
    assert set(shown) == {
        "id",
        "project",
        "name",
        "key_prefix",
        "scopes",
        "is_active",
        "expires_at",
        "last_used_at",
        "ins_datetime",
    }
    assert key[5:13] == shown["key_prefix"]


def test_scopes_can_be_taken_away_but_not_added(call_as, project):
    pk = create(call_as, project).json()["id"]
    wider = call_as("owner", "patch", f"api_keys/{pk}/", {"scopes": ["read", "write"]})
    assert wider.status_code == 400
    assert "scopes" in wider.json()
    path = f"api_keys/{pk}/"
    assert call_as("owner", "patch", path, {"scopes": ["read"]}).status_code == 200
    again = call_as("owner", "patch", path, {"scopes": ["read", "predict"]})
    assert again.status_code == 400


def test_a_key_stays_in_its_project(call_as, people):
    pk = create(call_as, people.project).json()["id"]
    moved = {"project": people.other_project.pk}
    answer = call_as("owner", "patch", f"api_keys/{pk}/", moved)
    assert answer.status_code == 400
    assert answer.json()["project"] == ["cannot be changed"]


def test_what_a_client_cannot_write_is_ignored(call_as, project):
    body = create(call_as, project, key_hash="x", is_active=False).json()
    path = f"api_keys/{body['id']}/"
    changed = {"is_active": False, "key_prefix": "x", "created_by": 1, "name": "new"}
    answer = call_as("owner", "patch", path, changed).json()
    assert (answer["is_active"], answer["key_prefix"], answer["name"]) == (
        True,
        body["key_prefix"],
        "new",
    )


def test_a_revoked_key_is_refused_at_once_and_for_ever(call_as, project):
    body = create(call_as, project).json()
    assert with_key(body["key"]).status_code == 200
    answer = call_as("owner", "post", f"api_keys/{body['id']}/revoke/")
    assert answer.json() == {"status": "revoked"}
    assert with_key(body["key"]).status_code == 401
    path = f"api_keys/{body['id']}/"
    assert call_as("owner", "patch", path, {"name": "x"}).status_code == 409
    assert call_as("owner", "delete", path).status_code == 204


def test_an_expired_key_is_refused(call_as, project):
    body = create(call_as, project).json()
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert with_key(body["key"]).status_code == 401


def test_the_keys_of_a_deactivated_person_are_refused(call_as, project, owner):
    key = create(call_as, project).json()["key"]
    owner.is_active = False
    owner.save()
    assert with_key(key).status_code == 401


@pytest.mark.parametrize("wrong", ["", "x", "rctm_", "rctm_" + "é" * 64, "\0"])
def test_what_does_not_look_like_a_key_costs_no_query(
    wrong, db, django_assert_num_queries
):
    with django_assert_num_queries(0):
        answer = with_key(wrong)
    assert answer.status_code == 401
    assert answer.json()["code"] == "key_not_valid"


def test_a_wrong_key_with_the_right_prefix_is_refused(call_as, project):
    key = create(call_as, project).json()["key"]
    assert with_key(key[:13] + "x" * 56).status_code == 401


def test_use_is_noted_at_most_once_a_minute(
    call_as, project, django_assert_max_num_queries
):
    key = create(call_as, project).json()["key"]
    with_key(key)
    noted = ApiKey.objects.get().last_used_at
    assert noted is not None
    with_key(key)
    assert ApiKey.objects.get().last_used_at == noted
    ApiKey.objects.update(last_used_at=noted - timedelta(minutes=2))
    with_key(key)
    assert ApiKey.objects.get().last_used_at >= noted


@pytest.fixture
def slow_key(project):
    """A key stored the way Django stores passwords."""
    key = api_keys.issue().key
    hashed = PBKDF2PasswordHasher().encode(key, "salt", iterations=2000)
    ApiKeyFactory(project=project, key_prefix=key[5:13], key_hash=hashed)
    return key


@pytest.fixture
def slow_checks(monkeypatch):
    checks = []
    check = api_keys._verify_pbkdf2
    monkeypatch.setattr(
        api_keys, "_verify_pbkdf2", lambda *args: checks.append(1) or check(*args)
    )
    return checks


def test_a_slow_hash_is_paid_for_once(slow_key, slow_checks):
    assert [with_key(slow_key).status_code for _ in range(3)] == [200, 200, 200]
    assert len(slow_checks) == 1
    ApiKey.objects.update(is_active=False)
    assert with_key(slow_key).status_code == 401


def test_wrong_keys_cannot_buy_slow_checks_without_limit(
    slow_key, slow_checks, settings
):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "slow_key": "2/min"}
    wrong = slow_key[:13] + "x" * 56
    codes = [with_key(wrong).status_code for _ in range(4)]
    assert codes == [401, 401, 429, 429]
    assert len(slow_checks) == 2


def test_strangers_cannot_use_up_the_rate_of_a_key(call_as, project, settings):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "user": "2/min"}
    key = create(call_as, project).json()["key"]
    for _ in range(5):
        with_key(key[:13] + "x" * 56)
    assert with_key(key).status_code == 200


def test_every_change_of_a_key_tells_the_inference_services(call_as, project, owner):
    def revision():
        return Revision.objects.get(name="serving").value

    pk = create(call_as, project).json()["id"]
    seen = [revision()]
    for method, path, body in (
        ("patch", f"api_keys/{pk}/", {"scopes": ["read"]}),
        ("post", f"api_keys/{pk}/revoke/", None),
        ("delete", f"api_keys/{pk}/", None),
    ):
        call_as("owner", method, path, body)
        seen.append(revision())
    owner.is_active = False
    owner.save()
    seen.append(revision())
    assert seen == sorted(set(seen))


def test_the_command_prints_a_key_that_works(project):
    key = run_command(project, "--scopes", "read", "--expires-in-days", "3")
    assert with_key(key).json()["count"] == 1
    stored = ApiKey.objects.get()
    assert (stored.scopes, stored.created_by) == (["read"], project.owner)
    assert stored.expires_at > timezone.now() + timedelta(days=2)


@pytest.mark.parametrize("owner_name", ["nobody", "stranger"])
def test_the_command_makes_no_key_for_who_does_not_own_the_project(
    owner_name, project, stranger
):
    with pytest.raises(CommandError):
        run_command(project, "--scopes", "read", "--owner", owner_name)


def run_command(project, *args):
    out = StringIO()
    call_command(
        "create_api_key", "--project-id", project.pk, "--name", "x", *args, stdout=out
    )
    return out.getvalue().strip()


def test_keys_made_by_a_member_end_when_he_goes_and_the_others_stay(call_as, people):
    made = create(call_as, people.project, "co_owner", name="made by a member").json()
    kept = create(call_as, people.project).json()
    assert with_key(made["key"]).status_code == 200
    row = people.user("co_owner").memberships.get()
    path = f"project/{people.project.pk}/members/{row.pk}/"
    before = Revision.objects.get(name="serving").value
    assert call_as("owner", "delete", path).status_code == 204
    assert with_key(made["key"]).status_code == 401
    assert with_key(kept["key"]).status_code == 200
    assert Revision.objects.get(name="serving").value > before


def test_a_key_may_do_no_more_than_the_person_who_made_it_may_now(call_as, people):
    scopes = ["read", "write", "predict"]
    key = create(call_as, people.project, "co_owner", scopes=scopes).json()["key"]
    row = people.user("co_owner").memberships.get()
    path = f"project/{people.project.pk}/"
    expected = {"owner": (200, 204), "editor": (200, 403), "viewer": (403, 403)}
    for role, codes in expected.items():
        data = TrainingDataFactory(project=people.project)
        member = f"{path}members/{row.pk}/"
        call_as("owner", "patch", member, {"role": role})
        body = {"name": f"named by {role}"}
        changed = with_key(key, path, "patch", data=body, format="json")
        deleted = with_key(key, f"training_data/{data.pk}/", "delete")
        assert (changed.status_code, deleted.status_code) == codes, role
        assert with_key(key, path).status_code == 200
    assert changed.json()["code"] == "role_missing"


def test_who_is_staff_no_more_keeps_no_key_of_projects_of_others(call_as, people):
    staff = people.user("staff")
    foreign = create(call_as, people.project, "staff").json()["key"]
    mine = create(call_as, ProjectFactory(owner=staff), "staff").json()["key"]
    before = Revision.objects.get(name="serving").value
    answer = call_as("admin", "patch", f"users/{staff.pk}/", {"is_staff": False})
    assert answer.status_code == 200
    assert with_key(foreign).status_code == 401
    assert with_key(mine).status_code == 200
    assert Revision.objects.get(name="serving").value > before
