"""What holds on every route, whatever it is about."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from recotem.core import health
from tests.factories import ProjectFactory
from tests.people import PASSWORD

LARGE = 99999999999999999999


@pytest.fixture
def client():
    return APIClient(raise_request_exception=False)


@pytest.mark.parametrize("root", ["/api/v1/", "/api/"])
def test_the_tree_is_there_with_and_without_a_version(root, client, call_as):
    assert client.get(f"{root}ping/").json() == {"success": True}
    assert call_as("owner", "get", f"{root}project/").status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/v1/project", "/api/project"])
def test_a_path_without_its_slash_is_sent_on_once_with_method_and_body(
    method, path, client
):
    answer = getattr(client, method)(f"{path}?page=2")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{path}/?page=2"


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing/", "/api/v1/nothing", "/api", "/api//", "/api/v2/project"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_route_is_404_in_the_one_shape(path, method, client):
    answer = getattr(client, method)(path)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found.", "code": "not_found"}


def test_a_path_outside_of_the_api_is_404_in_the_one_shape_too(client):
    assert client.get("/elsewhere").json()["code"] == "not_found"


def test_405_names_what_is_wrong(call_as):
    answer = call_as("owner", "delete", "project/")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]


def test_415_for_forms_where_json_is_spoken(call_as):
    answer = call_as("owner", "post", "project/", {"name": "x"}, format="multipart")
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


def test_413_for_a_body_that_is_too_large(call_as, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = call_as("owner", "post", "project/", {"name": "x" * 200})
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"name": "\\u0000"}',
        b'{"name": {"a": 1}}',
        b"[" * 100_000,
        b'{"id": ' + b"9" * 5000 + b"}",
        json.dumps({"name": "x" * 300}).encode(),
    ],
    ids=lambda body: body[:20],
)
def test_no_body_makes_the_server_fail(body, call_as):
    answer = call_as(
        "owner",
        "post",
        "project/",
        body.decode("latin-1").encode("latin-1"),
        format=None,
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert set(answer.json()) >= {"detail", "code"}


@pytest.mark.parametrize(
    "key", [LARGE, -1, "0", "abc", "1e3", "%00", "%D9%A1", "1'--", "9" * 4000]
)
@pytest.mark.parametrize("kind", ["project", "api_keys", "trained_model", "task_log"])
def test_an_id_that_cannot_be_is_404(key, kind, call_as):
    answer = call_as("owner", "get", f"{kind}/{key}/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("value", [LARGE, "abc", "-1", "1.5", "\0"])
def test_a_bad_filter_value_is_400_on_its_name(value, call_as):
    answer = call_as("owner", "get", "project/", {"id": value})
    assert answer.status_code == 400
    assert answer.json()["id"]


def test_filters_by_what_is_not_there_match_nothing(call_as, project):
    for pk in (ProjectFactory().pk, 2**40):
        answer = call_as("owner", "get", "api_keys/", {"project": pk})
        assert answer.json()["results"] == []


def test_filters_by_truth_take_true_and_false_only(call_as, people):
    people.key("key")
    counts = {
        word: call_as("owner", "get", "api_keys/", {"is_active": word}).json()["count"]
        for word in ("true", "false")
    }
    assert counts == {"true": 1, "false": 0}
    answer = call_as("owner", "get", "api_keys/", {"is_active": "perhaps"})
    assert answer.status_code == 400
    assert answer.json()["is_active"]


def test_an_unknown_filter_is_ignored(call_as, project):
    assert call_as("owner", "get", "project/", {"colour": "red"}).json()["count"] == 1


def test_pages_cover_all_rows_once(call_as, owner):
    made = [ProjectFactory(owner=owner).pk for _ in range(23)]
    seen, path = [], "/api/v1/project/"
    while path:
        page = call_as("owner", "get", path).json()
        assert set(page) == {"count", "next", "previous", "results"}
        seen += [row["id"] for row in page["results"]]
        path = page["next"] and page["next"].removeprefix("http://testserver")
    assert seen == made[::-1]
    small = call_as("owner", "get", "project/", {"page_size": 5, "page": 2}).json()
    assert [row["id"] for row in small["results"]] == made[::-1][5:10]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page": 2}, 404),
        ({"page": 999999999}, 404),
        ({"page": LARGE}, 400),
        ({"page": "0"}, 400),
        ({"page": "last"}, 400),
        ({"page_size": "x"}, 400),
        ({"page_size": "-3"}, 400),
        ({"page_size": 1000}, 200),
    ],
)
def test_pages_that_are_not_there(query, status, call_as, project):
    answer = call_as("owner", "get", "project/", query)
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["detail"]


def test_a_browser_can_upload_by_its_cookie(call_as, project, owner):
    client = APIClient(enforce_csrf_checks=True)
    body = {"username": owner.username, "password": PASSWORD}
    client.post("/api/v1/auth/login/", body, format="json")
    token = client.cookies["csrftoken"].value
    answers = [
        client.post(
            "/api/v1/training_data/",
            {"project": project.pk, "file": SimpleUploadedFile("x.exe", b"MZ")},
            headers=headers,
        )
        for headers in ({}, {"X-CSRFToken": token})
    ]
    assert [answer.status_code for answer in answers] == [403, 400]
    assert answers[1].json()["file"]


def test_health_is_well_when_everything_answers(client, db):
    answer = client.get("/api/v1/health/")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "storage": "ok",
    }


def test_health_tells_the_truth_about_storage(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "gone"
    answer = client.get("/api/v1/health/")
    assert answer.status_code == 503
    assert answer.json()["storage"] == "unavailable"
    assert str(tmp_path) not in answer.content.decode()


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:9/0", "filesystem://", "amqp://127.0.0.1:9//"]
)
def test_health_tells_the_truth_about_the_broker(url, client, db, settings, tmp_path):
    settings.CELERY_BROKER_URL = url
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": tmp_path / "gone"}
    answer = client.get("/api/v1/health/")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "unavailable"


def test_a_folder_that_can_be_written_is_a_broker(client, db, settings, tmp_path):
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path)}
    assert client.get("/api/v1/health/").json()["broker"] == "ok"


def test_health_tells_the_truth_about_the_database(client, db, monkeypatch):
    def refuse() -> None:
        raise OSError("the password is secret")

    monkeypatch.setitem(health._CHECKS, "database", refuse)
    answer = client.get("/api/v1/health/")
    assert answer.status_code == 503
    assert "secret" not in answer.content.decode()


def test_a_failure_of_ours_is_500_in_the_one_shape(client, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("recotem.api.views.PingView.get", fail)
    answer = client.get("/api/v1/ping/")
    assert answer.status_code == 500
    assert answer.json()["code"] == "server_error"


def test_each_answer_carries_the_id_of_its_request(client):
    ids = {client.get("/api/v1/ping/").headers["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2


@pytest.mark.parametrize("page", ["swagger-ui", "redoc"])
def test_the_documentation_pages_load_nothing_from_elsewhere(page, client, db):
    html = client.get(f"/api/v1/schema/{page}/").content.decode()
    assert "/static/drf_spectacular_sidecar/" in html
    assert "cdn" not in html
    source = html.split('src="')[1].split('"')[0]
    script = client.get(source)
    assert script.status_code == 200
    script.close()


def test_the_written_schema_is_that_of_this_code():
    root = Path(__file__).resolve().parents[4]
    served = APIClient().get("/api/v1/schema/?format=json")
    assert served.status_code == 200
    written = json.loads((root / "docs" / "openapi.json").read_text())
    assert written["paths"].keys() == json.loads(served.content)["paths"].keys()


def test_giving_up_a_file_is_described_as_answered_with_the_row():
    paths = APIClient().get("/api/v1/schema/?format=json").json()["paths"]
    for path in (path for path in paths if path.endswith("/unlink_file/")):
        answers = paths[path]["delete"]["responses"]
        assert "204" not in answers
        assert "$ref" in answers["200"]["content"]["application/json"]["schema"]
