"""How sessions end, and what a cookie alone cannot do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from rest_framework.test import APIClient

from recotem.accounts.models import User
from tests.api.every_route import ROUTES, SINGLE
from tests.factories import UserFactory
from tests.people import PASSWORD, People

NEW = "a fine long one"


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory(username="ann")


def post(path: str, **body: str) -> Any:
    return APIClient().post(f"/api/v1/auth/{path}/", body, format="json")


def sign_in() -> dict[str, str]:
    tokens: dict[str, str] = post("login", username="ann", password=PASSWORD).json()
    return tokens


def lives(tokens: dict[str, str]) -> bool:
    """Whether the tokens are accepted; asking does not use them up."""
    answers = [
        post("token/verify", token=tokens[kind]).status_code
        for kind in ("access", "refresh")
    ]
    assert answers in ([200, 200], [401, 401])
    return answers == [200, 200]


def by_a_form(user: User) -> None:
    user.set_password(NEW)
    user.save()


def by_a_command(user: User) -> None:
    call_command("changepassword", user.username, stdout=StringIO())


@pytest.mark.parametrize("change", [by_a_form, by_a_command])
def test_whoever_sets_a_new_password_ends_the_sessions(
    change: Callable[[User], None], ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda **_: NEW)
    tokens = sign_in()
    assert lives(tokens)
    change(ann)
    assert not lives(tokens)
    assert User.objects.get(pk=ann.pk).check_password(NEW)


@pytest.mark.usefixtures("ann")
def test_a_password_that_is_only_hashed_anew_ends_no_session(settings: Any) -> None:
    tokens = sign_in()
    hashers = "django.contrib.auth.hashers"
    settings.PASSWORD_HASHERS = [
        f"{hashers}.ScryptPasswordHasher",
        f"{hashers}.MD5PasswordHasher",
    ]
    assert lives(sign_in())
    assert User.objects.get().password.startswith("scrypt")
    assert lives(tokens)


def test_no_write_by_cookie_goes_without_the_csrf_token_on_any_route(
    people: People,
) -> None:
    client = APIClient(enforce_csrf_checks=True)
    user = people.user("admin")
    body = {"username": user.username, "password": PASSWORD}
    client.post("/api/v1/auth/login/", body, format="json")
    asked = {"login", "verify"}  # they read no cookie
    for route in [*ROUTES, *SINGLE]:
        if route.method == "get" or route.url.split("/")[-2] in asked:
            continue
        path = route.path(people.project if route.is_detail else None, people.project)
        for headers in ({}, {"X-CSRFToken": "x" * 32}):
            answer = client.generic(
                route.method.upper(), f"/api/v1/{path}", headers=headers
            )
            assert answer.status_code == 403, route
            assert answer.json()["code"] == "csrf_failed", route


@pytest.mark.parametrize("who", ["anonymous", "owner", "key"])
@pytest.mark.parametrize(
    "path", ["password/reset/", "password/reset/confirm/", "registration/"]
)
def test_there_is_no_way_to_a_password_but_the_old_one(
    who: str, path: str, call_as: Callable[..., Any]
) -> None:
    body = {"email": "owner@example.org"}
    assert call_as(who, "post", f"auth/{path}", body).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_superusers_cannot_take_each_other_s_power_at_once(
    people: People,
) -> None:
    names = ["admin", "boss"]
    bosses = [
        people.user("admin"),
        UserFactory(username="boss", is_staff=True, is_superuser=True),
    ]
    people._users["boss"] = bosses[1]
    clients = [people.client(name) for name in names]
    start = Barrier(2)

    def demote(number: int) -> int:
        try:
            start.wait(timeout=60)
            path = f"/api/v1/users/{bosses[1 - number].pk}/"
            body = {"is_superuser": False}
            return int(clients[number].patch(path, body, format="json").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(demote, range(2)))
    assert codes in ([200, 403], [200, 409])
    assert User.objects.filter(is_superuser=True).count() == 1
