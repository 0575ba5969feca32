"""`/admin/`: staff look at rows there, and it is no way around anything."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from recotem.api.admin import SECRETS, ViewOnly, site
from tests.api.every_route import ROW_OF
from tests.people import PASSWORD, People

pytestmark = pytest.mark.one_database("postgresql")

LOGIN = "/admin/login/"
MODELS = sorted(site._registry, key=lambda model: model.__name__)


def sign_in(people: People, who: str, **options) -> Client:
    client, user = Client(**options), people.user(who)
    client.post(LOGIN, {"username": user.username, "password": PASSWORD})
    return client


def changelist(model) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_who_is_not_staff_does_not_get_in(who, people):
    client = sign_in(people, who)
    assert client.get("/admin/").status_code == 302
    assert "admin-session" not in client.cookies
    assert client.get("/admin/accounts/user/").status_code == 302


def test_neither_a_key_nor_a_token_opens_it(people, call_as):
    for who in ("key", "staff"):
        assert call_as(who, "get", "/admin/").status_code == 302


def test_who_is_deactivated_is_out_at_once_and_does_not_get_in_again(people):
    client, user = sign_in(people, "staff"), people.user("staff")
    assert client.get("/admin/").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/admin/").status_code == 302
    assert sign_in(people, "staff").get("/admin/").status_code == 302


def test_a_session_of_it_is_worth_nothing_at_the_api(people):
    client = sign_in(people, "admin")
    cookie = client.cookies["admin-session"]
    assert cookie["path"] == "/admin/"
    assert cookie["httponly"] is True
    api = APIClient()
    for name in ("admin-session", "sessionid"):
        api.cookies[name] = cookie.value
    for path in ("project/", "users/", "auth/user/"):
        assert api.get(f"/api/v1/{path}").status_code == 401


def test_the_api_neither_reads_nor_gives_sessions(people, django_assert_num_queries):
    api = APIClient()
    api.cookies["admin-session"] = "x" * 32
    with django_assert_num_queries(0):
        answer = api.get("/api/v1/ping/")
    assert answer.cookies == {}
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_it_is_no_way_around_the_throttle_of_signing_in(people, settings):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "login": "3/min"}
    name = people.user("admin").username
    spellings = [name, f" {name} ", name.replace("a", "\uff41")]
    for number, spelling in enumerate(spellings):
        body = {"username": spelling, "password": "wrong"}
        address = f"10.0.0.{number}"
        answer = Client().post(LOGIN, body, REMOTE_ADDR=address)
        assert answer.status_code == 200
    right = {"username": name, "password": PASSWORD}
    refused = Client().post(LOGIN, right, REMOTE_ADDR="10.0.0.9")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    api = APIClient().post(
        "/api/v1/auth/login/", right, format="json", REMOTE_ADDR="10.0.0.8"
    )
    assert api.status_code == 429


def test_attempts_from_one_address_count_together_with_those_at_the_api(
    people, settings
):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "login": "2/min"}
    for number in range(2):
        body = {"username": f"nobody{number}", "password": "wrong"}
        APIClient().post("/api/v1/auth/login/", body, format="json")
    assert Client().post(LOGIN, {"username": "other"}).status_code == 429


def test_a_form_without_the_csrf_token_is_refused(people):
    client = Client(enforce_csrf_checks=True)
    body = {"username": people.user("admin").username, "password": PASSWORD}
    assert client.post(LOGIN, body).status_code == 403


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nobody_adds_changes_or_deletes_anything_there(model, people):
    client = sign_in(people, "admin")
    address = changelist(model)
    assert client.get(address).status_code == 200
    row = model.objects.first()
    pk = row.pk if row else 1
    assert client.get(f"{address}add/").status_code == 403
    for action in ("change", "delete"):
        answer = client.post(f"{address}{pk}/{action}/", {"name": "x", "post": "yes"})
        assert answer.status_code in ({403} if row else {302, 403})
    answer = client.post(address, {"action": "delete_selected", "_selected_action": pk})
    assert model.objects.filter(pk=pk).exists() is bool(row)


def test_passwords_are_not_changed_there(people):
    client = sign_in(people, "admin")
    assert client.get("/admin/password_change/").status_code == 404
    pk = people.user("owner").pk
    assert client.get(f"/admin/accounts/user/{pk}/password/").status_code in {302, 404}
    assert "password_change" not in client.get("/admin/").content.decode()


def test_no_secret_is_shown(people):
    client = sign_in(people, "staff")
    key = ROW_OF["api_keys"](people.project)
    user = people.user("owner")
    secrets = (key.key_hash, user.password, people.project.assignment_salt)
    for row in (key, user, people.project):
        page = client.get(f"{changelist(type(row))}{row.pk}/change/")
        assert page.status_code == 200
        shown = page.content.decode()
        assert not [secret for secret in secrets if secret in shown]
    assert "key_hash" in SECRETS


def test_whatever_is_registered_is_for_looking_only():
    assert all(isinstance(shown, ViewOnly) for shown in site._registry.values())
    names = {f.name for model in MODELS for f in model._meta.fields}
    sensitive = {n for n in names if re.search("password$|hash|salt|secret", n)}
    assert sensitive <= set(SECRETS)


def test_its_pages_need_nothing_that_is_not_there(people):
    client = sign_in(people, "staff")
    html = client.get("/admin/").content.decode()
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
    assert assets
    for address in assets:
        answer = client.get(address)
        assert answer.status_code == 200, address
        answer.close()
    assert client.get("/admin").status_code == 302
