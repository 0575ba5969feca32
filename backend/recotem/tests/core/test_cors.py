"""Web pages of other origins, which may call the API only when they are listed."""

import pytest

LISTED = "https://shop.example.org"
METHOD = "HTTP_ACCESS_CONTROL_REQUEST_METHOD"
HEADERS = "HTTP_ACCESS_CONTROL_REQUEST_HEADERS"
ALLOWED = "Access-Control-Allow-Origin"


def preflight(client, origin):
    asked = {METHOD: "POST", HEADERS: "x-api-key, content-type"}
    return client.options("/api/v1/project/", HTTP_ORIGIN=origin, **asked)


def test_nobody_is_allowed_by_default(client, db):
    answers = [
        preflight(client, LISTED),
        client.get("/api/v1/ping/", HTTP_ORIGIN=LISTED),
        client.get("/api/v1/ping/", HTTP_ORIGIN="null"),
    ]
    for answer in answers:
        assert not [name for name in answer.headers if "control-allow" in name.lower()]


def test_a_listed_origin_may_send_keys_and_cookies(client, db, settings):
    settings.CORS_ALLOWED_ORIGINS = [LISTED]
    answer = preflight(client, LISTED)
    assert (answer.status_code, answer[ALLOWED]) == (200, LISTED)
    assert answer["Access-Control-Allow-Credentials"] == "true"
    assert {"x-api-key", "authorization"} <= set(
        answer["Access-Control-Allow-Headers"].split(", ")
    )
    answer = client.get("/api/v1/project/", HTTP_ORIGIN=LISTED)
    assert (answer.status_code, answer[ALLOWED]) == (401, LISTED)


@pytest.mark.parametrize(
    "origin",
    [f"{LISTED}.evil.org", "http://shop.example.org", f"{LISTED}:8443", "null"],
)
def test_an_origin_that_only_looks_alike_is_refused(origin, client, db, settings):
    settings.CORS_ALLOWED_ORIGINS = [LISTED]
    for answer in (
        preflight(client, origin),
        client.get("/api/v1/ping/", HTTP_ORIGIN=origin),
    ):
        assert ALLOWED not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
