import pytest
from rest_framework.test import APIClient

from tests.factories import UserFactory
from tests.people import PASSWORD

pytestmark = pytest.mark.one_database("postgresql")


@pytest.fixture(autouse=True)
def _two_a_minute(settings, db):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "login": "2/min"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 0}
    UserFactory(username="ann", email="ann@example.org")


def attempt(path="/api/v1/auth/login/", name="ann", given="wrong", **headers):
    client = APIClient()
    field = "email" if "@" in str(name) else "username"
    body = {field: name, "password": given}
    return client.post(path, body, format="json", follow=True, **headers)


def test_the_third_attempt_is_told_when_to_come_back():
    attempt()
    attempt()
    refused = attempt()
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["code"] == "throttled"


@pytest.mark.parametrize(
    "path",
    [
        "/api/auth/login/",
        "/api/v1/auth/login",
        "/api/auth/login",
        "/api/v1/auth/login/?next=1",
        "/api/v1/auth/login?next=1",
        "/api/v1/auth/%6Cogin/",
        "/api/v1/auth%2Flogin/",
        "/api/v1/auth//login/",
        "//api/v1/auth/login/",
        "/api/v1//auth/login/",
        "/api/v1/auth/login//",
        "/API/v1/auth/login/",
        "/api/v1/auth/LOGIN/",
        "/api/v1/auth/login/.",
        "/api/v1/auth/login./",
        "/api/v1/auth/x/../login/",
        "/api/v1/auth/login/%00",
        "/api/v1/auth/login;x/",
    ],
)
def test_another_spelling_of_the_path_is_the_same_path_or_none(path):
    attempt()
    attempt()
    assert attempt(path=path, given=PASSWORD).status_code in {404, 429}


@pytest.mark.parametrize("name", ["ANN", " ann ", "7", 7])
def test_another_spelling_of_a_name_is_the_same_name(name):
    UserFactory(username="7")
    for address in ("1.1.1.1", "2.2.2.2"):
        attempt(name=name, REMOTE_ADDR=address)
    again = attempt(name=str(name).strip().lower(), REMOTE_ADDR="3.3.3.3")
    # Names are told apart by case, so ANN is somebody else, who is unknown.
    assert again.status_code == (401 if name == "ANN" else 429)
    assert attempt(name=name, REMOTE_ADDR="4.4.4.4").status_code == 429


def test_a_forged_address_is_not_believed():
    attempt(HTTP_X_FORWARDED_FOR="1.1.1.1")
    attempt(HTTP_X_FORWARDED_FOR="2.2.2.2")
    assert attempt(HTTP_X_FORWARDED_FOR="3.3.3.3").status_code == 429


def test_behind_one_proxy_the_address_that_it_saw_counts(settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for forged in ("9.9.9.9", "8.8.8.8"):
        attempt(HTTP_X_FORWARDED_FOR=f"{forged}, 1.1.1.1", name="bob")
    assert attempt(HTTP_X_FORWARDED_FOR="7.7.7.7, 1.1.1.1").status_code == 429
    assert attempt(HTTP_X_FORWARDED_FOR="7.7.7.7, 2.2.2.2").status_code == 401


def test_attempts_on_one_account_count_together_from_wherever_and_however_named():
    attempt(REMOTE_ADDR="1.1.1.1", name="ann")
    attempt(REMOTE_ADDR="2.2.2.2", name="ANN@example.org")
    assert attempt(REMOTE_ADDR="3.3.3.3", name="ann").status_code == 429
    assert attempt(REMOTE_ADDR="3.3.3.3", name="bob").status_code == 401


def test_people_and_keys_have_each_a_rate_of_their_own(settings, call_as):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "user": "1/min"}
    settings.THROTTLE_RATES["login"] = "100/min"
    for who in ("owner", "key", "key_read"):
        assert call_as(who, "get", "project/").status_code == 200
        assert call_as(who, "get", "project/").status_code == 429


def test_nobody_has_a_rate_by_address(settings):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "anon": "1/min"}
    client = APIClient()
    assert client.get("/api/v1/schema/", REMOTE_ADDR="1.1.1.1").status_code == 200
    assert client.get("/api/schema/", REMOTE_ADDR="1.1.1.1").status_code == 429
    assert client.get("/api/v1/ping/", REMOTE_ADDR="1.1.1.1").status_code == 200


def test_a_right_password_is_not_refused_before_the_limit():
    body = {"username": "ann", "password": PASSWORD}
    answer = APIClient().post("/api/v1/auth/login/", body, format="json")
    assert answer.status_code == 200
