import pytest
from rest_framework.test import APIClient

from recotem.accounts.models import User
from recotem.core.models import Revision
from tests.factories import UserFactory
from tests.people import PASSWORD

NEW = {"username": "nina", "email": "nina@example.org", "password": "a fine long one"}
ACTIONS = ("activate/", "deactivate/", "reset_password/")


@pytest.fixture
def ann(db):
    return UserFactory(username="ann")


@pytest.fixture
def boss(db):
    return UserFactory(username="boss", is_staff=True, is_superuser=True)


def flags(user):
    user.refresh_from_db()
    return user.is_active, user.is_staff, user.is_superuser


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("owner", 403), ("viewer", 403), ("key", 403)],
)
def test_who_is_not_staff_learns_nothing_of_accounts(who, status, call_as, ann):
    there, missing = f"users/{ann.pk}/", f"users/{2**40}/"
    for path in (there, missing):
        answers = [
            call_as(who, "get", path),
            call_as(who, "patch", path, {"email": "x@example.org"}),
            *(call_as(who, "post", path + action) for action in ACTIONS),
        ]
        assert {answer.status_code for answer in answers} == {status}
    assert call_as(who, "get", "users/").status_code == status
    assert call_as(who, "post", "users/", NEW).status_code == status


def test_a_key_made_by_staff_is_no_staff(people, call_as, ann):
    people.project.owner.is_staff = True
    people.project.owner.save()
    answer = call_as("key", "get", f"users/{ann.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (403, "key_not_accepted")
    body = {"old_password": PASSWORD, "new_password": "a fine long one"}
    assert call_as("key", "post", "users/change_password/", body).status_code == 403


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_only_superusers_give_powers(power, call_as, ann):
    path = f"users/{ann.pk}/"
    assert call_as("staff", "patch", path, {power: True}).status_code == 403
    assert call_as("staff", "post", "users/", {**NEW, power: True}).status_code == 403
    assert flags(ann) == (True, False, False)
    assert not User.objects.filter(username="nina").exists()
    assert call_as("admin", "patch", path, {power: True}).json()[power] is True
    made = call_as("admin", "post", "users/", {**NEW, power: True})
    assert (made.status_code, made.json()[power]) == (201, True)


def test_only_superusers_touch_superusers(call_as, boss):
    path = f"users/{boss.pk}/"
    body = {"new_password": "a fine long one"}
    assert call_as("staff", "patch", path, {"email": "x@y.org"}).status_code == 403
    for action in ACTIONS:
        assert call_as("staff", "post", path + action, body).status_code == 403
    assert flags(boss) == (True, True, True)
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)
    assert call_as("admin", "post", f"{path}deactivate/").status_code == 200


def test_nobody_deactivates_himself_or_skips_the_old_password(call_as, people):
    path = f"users/{people.user('admin').pk}/"
    body = {"new_password": "a fine long one"}
    for action in ("deactivate/", "reset_password/"):
        answer = call_as("admin", "post", path + action, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
    assert flags(people.user("admin")) == (True, True, True)


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_the_last_to_have_a_power_keeps_it(power, call_as, people):
    admin = people.user("admin")
    UserFactory(is_staff=True, is_superuser=True, is_active=False)
    path = f"users/{admin.pk}/"
    answer = call_as("admin", "patch", path, {power: False})
    assert (answer.status_code, answer.json()["code"]) == (409, "last_in_charge")
    assert flags(admin) == (True, True, True)
    UserFactory(is_staff=True, is_superuser=True)
    assert call_as("admin", "patch", path, {power: False}).status_code == 200


def test_of_two_who_remove_each_other_the_second_is_refused(people, boss, call_as):
    client, admin = people.client("admin"), people.user("admin")
    # The request of `admin` was let in; meanwhile the other has taken the powers.
    assert client.get("/api/v1/users/").status_code == 200
    User.objects.filter(pk=admin.pk).update(is_superuser=False)
    answer = call_as("admin", "post", f"users/{boss.pk}/deactivate/")
    assert answer.status_code == 403
    assert flags(boss)[0] is True


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "ann"),
        ("username", "two words"),
        ("username", "x" * 151),
        ("email", "nobody"),
        ("password", "short"),
        ("password", "password123"),
        ("password", "nina@example.org"),
        ("password", ""),
        ("password", None),
    ],
)
def test_accounts_that_are_refused_name_the_field(field, value, call_as, ann):
    answer = call_as("staff", "post", "users/", {**NEW, field: value})
    assert answer.status_code == 400
    assert answer.json()[field]
    assert not User.objects.filter(email="nina@example.org").exists()


def test_a_bad_password_is_not_set_by_staff_either(call_as, ann):
    path = f"users/{ann.pk}/reset_password/"
    for body in ({"new_password": "short"}, {}, {"new_password": "ann@example.org"}):
        answer = call_as("staff", "post", path, body)
        assert answer.status_code == 400
        assert answer.json()["new_password"]
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)


@pytest.mark.parametrize("method", ["delete", "put"])
def test_accounts_are_not_deleted_or_replaced(method, call_as, ann):
    assert call_as("admin", method, f"users/{ann.pk}/").status_code == 405


def test_staff_make_accounts_that_can_sign_in(call_as):
    answer = call_as("staff", "post", "users/", NEW)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {
        "id",
        "username",
        "email",
        "first_name",
        "last_name",
        "is_staff",
        "is_superuser",
        "is_active",
        "last_login",
        "ins_datetime",
    }
    assert call_as("staff", "get", f"users/{body['id']}/").json() == body
    assert sign_in("nina", NEW["password"]).status_code == 200


def sign_in(name, password=PASSWORD):
    body = {"username": name, "password": password}
    return APIClient().post("/api/v1/auth/login/", body, format="json")


def test_names_and_addresses_can_be_corrected_and_nothing_else(call_as, ann):
    change = {"first_name": "Ann", "is_active": False, "password": "a fine long one"}
    body = call_as("staff", "patch", f"users/{ann.pk}/", change).json()
    assert (body["first_name"], body["is_active"]) == ("Ann", True)
    assert sign_in("ann").status_code == 200


def bearer(answer):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    return client


def test_deactivation_ends_sessions_and_is_told_to_the_inference_service(call_as, ann):
    client = bearer(sign_in("ann"))
    before = list(Revision.objects.values_list("value", flat=True))
    answer = call_as("staff", "post", f"users/{ann.pk}/deactivate/")
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert client.get("/api/v1/auth/user/").status_code == 401
    assert sign_in("ann").status_code == 401
    assert list(Revision.objects.values_list("value", flat=True)) != before
    assert call_as("staff", "post", f"users/{ann.pk}/activate/").status_code == 200
    assert client.get("/api/v1/auth/user/").status_code == 401
    assert sign_in("ann").status_code == 200


def test_a_password_set_by_staff_ends_the_sessions(call_as, ann):
    client = bearer(sign_in("ann"))
    body = {"new_password": "a fine long one"}
    answer = call_as("staff", "post", f"users/{ann.pk}/reset_password/", body)
    assert answer.status_code == 200
    assert "password" not in answer.json()
    assert client.get("/api/v1/auth/user/").status_code == 401
    assert sign_in("ann").status_code == 401
    assert sign_in("ann", "a fine long one").status_code == 200


def test_everybody_changes_the_own_password_knowing_the_old_one(ann):
    client = bearer(sign_in("ann"))
    path = "/api/v1/users/change_password/"
    wrong = {"old_password": "wrong", "new_password": "a fine long one"}
    refused = client.post(path, wrong, format="json")
    assert refused.status_code == 400
    assert refused.json()["old_password"]
    right = {**wrong, "old_password": PASSWORD}
    answer = client.post(path, right, format="json")
    assert answer.status_code == 200
    assert client.get("/api/v1/auth/user/").status_code == 401
    assert bearer(answer).get("/api/v1/auth/user/").status_code == 200


def test_accounts_are_listed_newest_first_and_filtered(call_as, ann):
    bob = UserFactory(username="bob", is_active=False)
    rows = call_as("staff", "get", "users/").json()["results"]
    ids = [row["id"] for row in rows]
    assert ids == sorted(ids, reverse=True)
    assert {ann.pk, bob.pk} < set(ids)
    for query in ({"is_active": "false"}, {"username": "bob"}):
        found = call_as("staff", "get", "users/", query).json()["results"]
        assert [row["id"] for row in found] == [bob.pk]
