import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework_simplejwt.tokens import AccessToken

from recotem.accounts.models import Session, User
from recotem.accounts.views import UserView
from tests.factories import UserFactory
from tests.people import PASSWORD

LOGIN = "/api/v1/auth/login/"
REFRESH = "/api/v1/auth/token/refresh/"
VERIFY = "/api/v1/auth/token/verify/"
LOGOUT = "/api/v1/auth/logout/"
USER = "/api/v1/auth/user/"
CHANGE = "/api/v1/auth/password/change/"


@pytest.fixture
def ann(db):
    return UserFactory(username="ann", email="Ann@example.org")


@pytest.fixture
def client():
    return APIClient(enforce_csrf_checks=True)


def sign_in(name="ann", password=PASSWORD, client=None):
    return (client or APIClient()).post(
        LOGIN, {"username": name, "password": password}, format="json"
    )


def user_by(access):
    return APIClient().get(USER, headers={"Authorization": f"Bearer {access}"})


@pytest.mark.usefixtures("ann")
def test_wrong_password_unknown_account_and_deactivated_account_get_one_answer():
    UserFactory(username="bob", is_active=False)
    answers = [sign_in(password="wrong"), sign_in(name="nobody"), sign_in(name="bob")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "wrong_credentials"


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_an_unknown_account_costs_as_many_hashes_as_a_known_one(name, monkeypatch):
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    calls = []
    monkeypatch.setattr(hasher, lambda *args: calls.append(args) or "md5$salt$hash")
    sign_in(name=name, password="wrong")
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "x"}, "username"),
        ({"username": "ann"}, "password"),
        ({"username": "a\0b", "password": "x"}, "username"),
        ({"username": ["ann"], "password": "x"}, "username"),
    ],
)
def test_an_incomplete_sign_in_names_the_field(body, field, db):
    answer = APIClient().post(LOGIN, body, format="json")
    assert answer.status_code == 400
    assert field in answer.json()


@pytest.mark.parametrize(
    "names", [{"username": "ann"}, {"email": "ann@EXAMPLE.org"}], ids=str
)
def test_sign_in_by_user_name_or_by_mail_gives_two_real_tokens(names, ann):
    answer = APIClient().post(LOGIN, {**names, "password": PASSWORD}, format="json")
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"] == {
        "pk": ann.pk,
        "username": "ann",
        "email": "Ann@example.org",
        "first_name": "",
        "last_name": "",
        "is_staff": False,
        "is_superuser": False,
    }
    assert user_by(body["access"]).json()["username"] == "ann"
    assert APIClient().post(REFRESH, {"refresh": body["refresh"]}).status_code == 415
    assert refresh(body["refresh"]).status_code == 200


def refresh(token):
    return APIClient().post(REFRESH, {"refresh": token}, format="json")


@pytest.mark.usefixtures("ann")
def test_a_mail_address_of_two_accounts_signs_in_to_neither():
    UserFactory(username="ann2", email="ann@example.org")
    body = {"email": "ann@example.org", "password": PASSWORD}
    assert APIClient().post(LOGIN, body, format="json").status_code == 401


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(secure, settings):
    settings.SECURE_COOKIES = secure
    cookies = sign_in().cookies
    for name in ("jwt-access", "jwt-refresh"):
        assert cookies[name]["httponly"] is True
        assert cookies[name]["samesite"] == "Lax"
        assert bool(cookies[name]["secure"]) is secure
    assert cookies["csrftoken"].value


@pytest.mark.usefixtures("ann")
def test_a_write_by_cookie_needs_the_csrf_token(client):
    sign_in(client=client)
    body = {"name": "books", "user_column": "u", "item_column": "i"}
    refused = client.post("/api/v1/project/", body, format="json")
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf_failed"
    assert client.get("/api/v1/project/").status_code == 200
    token = client.cookies["csrftoken"].value
    made = client.post(
        "/api/v1/project/", body, format="json", headers={"X-CSRFToken": token}
    )
    assert made.status_code == 201


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
def test_refresh_and_logout_by_cookie_need_the_csrf_token_too(path, client):
    sign_in(client=client)
    assert client.post(path, {}, format="json").status_code == 403
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post(path, {}, format="json", headers=headers).status_code == 200


@pytest.mark.parametrize("body", [None, {}, {"refresh": ""}])
def test_a_refresh_without_any_token_is_401_whether_or_not_there_are_cookies(body):
    client = APIClient(enforce_csrf_checks=True)
    for cookies in ({}, {"csrftoken": "x" * 32}, {"jwt-access": "x"}):
        client.cookies.load(cookies)
        answer = client.post(REFRESH, body, format="json")
        assert answer.status_code == 401
        assert answer.json()["code"] == "token_not_valid"


@pytest.mark.usefixtures("ann")
def test_a_refresh_token_works_once_and_used_again_it_ends_the_session():
    first = sign_in().json()
    second = refresh(first["refresh"]).json()
    assert second["refresh"] != first["refresh"]
    assert user_by(second["access"]).status_code == 200
    assert refresh(first["refresh"]).status_code == 401
    assert refresh(second["refresh"]).status_code == 401
    assert user_by(second["access"]).status_code == 401


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é"])
def test_nonsense_is_no_token(token):
    assert refresh(token).status_code == 401
    assert user_by(token.encode().decode("latin-1")).status_code == 401


@pytest.mark.usefixtures("ann")
def test_one_kind_of_token_is_not_taken_for_the_other():
    tokens = sign_in().json()
    assert refresh(tokens["access"]).status_code == 401
    assert user_by(tokens["refresh"]).status_code == 401


@pytest.mark.usefixtures("ann")
def test_an_expired_session_is_no_session():
    tokens = sign_in().json()
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert user_by(tokens["access"]).status_code == 401
    assert refresh(tokens["refresh"]).status_code == 401


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(("began", "status"), [(7200, 200), (60, 401)])
def test_a_token_must_be_valid_when_the_request_begins(began, status):
    token = AccessToken(sign_in().json()["access"])
    hour = timedelta(hours=1)
    token.set_exp(from_time=timezone.now() - 2 * hour, lifetime=hour)
    headers = {"Authorization": f"Bearer {token}"}
    request = APIRequestFactory().get(USER, headers=headers)
    request.scope = {"recotem.began": time.monotonic() - began}
    assert UserView.as_view()(request).status_code == status


@pytest.mark.usefixtures("ann")
def test_tokens_are_verified_against_the_session_not_only_the_signature():
    tokens = sign_in().json()
    for token in (tokens["access"], tokens["refresh"]):
        body = {"token": token}
        assert APIClient().post(VERIFY, body, format="json").status_code == 200
    Session.objects.update(ended_at=timezone.now())
    for token in (tokens["access"], tokens["refresh"], "nonsense"):
        body = {"token": token}
        assert APIClient().post(VERIFY, body, format="json").status_code == 401


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("by", ["access", "refresh"])
def test_tokens_die_with_the_sign_out_whichever_of_them_asked_for_it(by):
    tokens, other = sign_in().json(), sign_in().json()
    client = APIClient()
    if by == "access":
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    body = {"refresh": tokens["refresh"]} if by == "refresh" else {}
    answer = client.post(LOGOUT, body, format="json")
    assert answer.status_code == 200
    assert answer.cookies["jwt-access"].value == ""
    assert user_by(tokens["access"]).status_code == 401
    assert refresh(tokens["refresh"]).status_code == 401
    assert user_by(other["access"]).status_code == 200


def test_signing_out_without_being_signed_in_is_no_error(db):
    assert APIClient().post(LOGOUT).status_code == 200


def test_tokens_die_with_deactivation_and_do_not_come_back(ann):
    tokens = sign_in().json()
    ann.is_active = False
    ann.save()
    assert user_by(tokens["access"]).status_code == 401
    assert refresh(tokens["refresh"]).status_code == 401
    ann.is_active = True
    ann.save()
    assert user_by(tokens["access"]).status_code == 401


def change(access, **body):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client.post(CHANGE, body, format="json")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong", "another good one", "old_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "password123", "new_password"),
        (PASSWORD, "", "new_password"),
    ],
)
def test_password_changes_that_are_refused(old, new, field, ann):
    tokens = sign_in().json()
    answer = change(tokens["access"], old_password=old, new_password=new)
    assert answer.status_code == 400
    assert field in answer.json()
    assert User.objects.get(pk=ann.pk).check_password(PASSWORD)


@pytest.mark.usefixtures("ann")
def test_old_tokens_die_with_a_password_change_and_who_changed_it_gets_new_ones():
    tokens, elsewhere = sign_in().json(), sign_in().json()
    answer = change(
        tokens["access"], old_password=PASSWORD, new_password="another good one"
    )
    assert answer.status_code == 200
    assert user_by(answer.json()["access"]).status_code == 200
    assert answer.cookies["jwt-refresh"].value == answer.json()["refresh"]
    for old in (tokens, elsewhere):
        assert user_by(old["access"]).status_code == 401
        assert refresh(old["refresh"]).status_code == 401
    assert sign_in().status_code == 401
    assert sign_in(password="another good one").status_code == 200


@pytest.mark.parametrize("who", ["key", "key_read", "key_write", "key_predict"])
@pytest.mark.parametrize(("method", "path"), [("post", CHANGE), ("get", USER)])
def test_no_key_reads_its_owner_or_changes_the_password(who, method, path, call_as):
    body = {"old_password": PASSWORD, "new_password": "another good one"}
    assert call_as(who, method, path, body).status_code == 403


def test_a_key_beside_a_cookie_is_what_counts(people, client):
    sign_in("owner", client=client) if people.project else None
    client.credentials(HTTP_X_API_KEY=people.key("key_read"))
    assert client.get(USER).status_code == 403


def test_access_tokens_live_for_five_minutes_unless_told_otherwise():
    assert django_settings.ACCESS_TOKEN_LIFETIME == 300
