"""The description says what the API does: statuses, bodies, codes, examples."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve
from rest_framework.test import APIClient

import recotem
from recotem.api.error_codes import SAID_IN_PLACE, codes_of
from recotem.api.examples import EXAMPLES
from recotem.tuning.models import ParameterTuningJob
from tests import factories
from tests.api.description import description, faults, faults_of, operation_of
from tests.api.every_route import ROUTES, ROW_OF, SAFE, STAFF_ONLY, Route, format_of
from tests.people import PASSWORD, People

pytestmark = pytest.mark.one_database("postgresql")

SOURCE = Path(recotem.__file__).parent
OPERATIONS = [
    (method, path, operation)
    for path, item in description()["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_each_answer_is_one_that_is_described(
    route: Route, call_as: Callable[..., Any], people: People
):
    row = ROW_OF[route.kind](people.project) if route.kind in ROW_OF else None
    path = f"/api/v1/{route.path(row, people.project)}"
    missing = type(row)(pk=2**40) if row else None
    gone = f"/api/v1/{route.path(missing, people.project)}"
    options = format_of(route)
    allowed = "staff" if route.kind in STAFF_ONLY else "owner"
    asked = [("anonymous", path), ("key_predict", path), (allowed, gone)]
    for who, address in [*asked, (allowed, path)]:
        if (who, route.method) == (allowed, "delete") and address == gone:
            continue
        answer = call_as(who, route.method, address, **options)
        assert faults_of(answer, route.method, path) == [], (who, answer.content)


def test_a_search_and_its_model_are_described_with_their_results(call_as, people):
    score = {"algorithm": "IALS", "metrics": {"ndcg": 0.2}, "n_users": 9}
    tested = {**score, "interval": [0.1, 0.3]}
    report = {"test": tested, "baseline": tested, "interval": [0.1, 0.3]}
    result = {"target_metric": "ndcg", "cutoff": 20, **report}
    job = ROW_OF["parameter_tuning_job"](people.project)
    assert isinstance(job, ParameterTuningJob)
    job.job.progress = {
        "trials_done": 1,
        "n_trials": 40,
        "best_score": None,
        "best_algorithm": None,
        "seconds_left": 3.5,
    }
    job.job.save()
    ParameterTuningJob.objects.filter(pk=job.pk).update(result=result, best_score=0.2)
    factories.TrialFactory(
        tuning_job=job, state="COMPLETED", metrics={"ndcg": 0.2}, parameters={"k": 3}
    )
    model: Any = ROW_OF["trained_model"](people.project)
    model.metrics = result
    model.save()
    for path in (
        f"/api/v1/parameter_tuning_job/{job.pk}/",
        f"/api/v1/parameter_tuning_job/{job.pk}/trials/",
        f"/api/v1/trained_model/{model.pk}/",
    ):
        answer = call_as("owner", "get", path)
        assert answer.status_code == 200
        assert faults_of(answer, "get", path) == []


def test_signing_in_and_out_is_as_described(people):
    owner, client = people.user("owner"), APIClient()
    asked = [
        ("login", {"username": owner.username, "password": PASSWORD}),
        ("login", {"username": owner.username, "password": "wrong"}),
        ("login", {}),
        ("token/refresh", {"refresh": "nonsense"}),
        ("token/verify", {"token": "nonsense"}),
        ("logout", {}),
    ]
    for name, body in asked:
        path = f"/api/v1/auth/{name}/"
        answer = client.post(path, body, format="json")
        assert faults_of(answer, "post", path) == [], name


@pytest.mark.parametrize("name", ["ping", "health"])
def test_probes_are_as_described(name, db):
    path = f"/api/v1/{name}/"
    assert faults_of(APIClient().get(path), "get", path) == []


def test_a_refusal_for_asking_too_often_says_when_to_come_back(settings, db):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "login": "1/min"}
    path, client = "/api/v1/auth/login/", APIClient()
    answers = [client.post(path, {}, format="json") for _ in range(2)]
    assert answers[1].status_code == 429
    assert faults_of(answers[1], "post", path) == []
    headers = operation_of("post", path)["responses"]["429"]["headers"]
    assert (
        int(answers[1].headers["Retry-After"])
        >= headers["Retry-After"]["schema"]["minimum"]
    )


def test_every_code_that_the_code_says_is_described():
    said = {
        code
        for file in SOURCE.rglob("*.py")
        if "migrations" not in file.parts
        for code in re.findall(r'\bcode ?= ?"(\w+)"', file.read_text())
    }
    statuses = (400, 401, 403, 404, 405, 409, 413, 415, 429, 500)
    described = {code for status in statuses for code in codes_of(status)}
    assert said - described == set()
    in_place = {code for codes in SAID_IN_PLACE.values() for code in codes}
    assert in_place - said == set()


def test_described_codes_are_those_of_the_error_classes():
    for status, code in ((409, "columns_locked"), (404, "unknown_user")):
        schema = description()["components"]["schemas"][f"Error{status}"]
        assert code in schema["properties"]["code"]["enum"]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_examples_are_as_they_are_described(name):
    assert faults(EXAMPLES[name], {"$ref": f"#/components/schemas/{name}"}) == []


def test_every_operation_says_what_it_does_and_what_it_answers():
    for method, path, operation in OPERATIONS:
        assert operation.get("description"), f"{method} {path}"
        good = [s for s in operation["responses"] if s.startswith("2")]
        assert good, f"{method} {path}"
        for status in set(good) - {"204"}:
            assert operation["responses"][status]["content"], f"{method} {path}"


def test_no_enumeration_has_a_name_that_was_made_up_for_it():
    schemas = description()["components"]["schemas"]
    made_up = {name for name in schemas if name.endswith("Enum")}
    # What a choice that may be null adds to its own values.
    assert made_up - {"NullEnum"} == set()


def test_every_list_can_be_read_from_any_place():
    lists = [
        operation
        for _, _, operation in OPERATIONS
        if "/Paginated" in str(operation["responses"].get("200"))
    ]
    assert len(lists) > 15
    for operation in lists:
        named = {parameter["name"] for parameter in operation["parameters"]}
        assert named >= {"page", "page_size", "after", "before"}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_unversioned_tree_is_the_same_one(
    route: Route, call_as: Callable[..., Any], people: People
):
    row = ROW_OF[route.kind](people.project) if route.kind in ROW_OF else None
    path = route.path(row, people.project)
    old, new = (resolve(f"/api/{version}{path}") for version in ("", "v1/"))
    assert old.func.cls is new.func.cls
    assert old.func.actions == new.func.actions
    assert old.kwargs == new.kwargs
    if route.method in SAFE:
        who = "staff" if route.kind in STAFF_ONLY else "owner"
        answers = [call_as(who, "get", f"/api/{v}{path}") for v in ("", "v1/")]
        assert answers[0].status_code == answers[1].status_code
        random = "/sample_" in path
        assert random or answers[0].content == answers[1].content


@pytest.mark.parametrize("page", ["swagger-ui", "redoc"])
def test_every_asset_of_the_documentation_pages_is_ours_and_there(page, db):
    client = APIClient()
    html = client.get(f"/api/v1/schema/{page}/").content.decode()
    named = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert named
    for address in [name for name in named if not name.startswith("data:")]:
        assert address.startswith("/"), address
        asset = client.get(address)
        assert asset.status_code == 200, address
        asset.close()
    assert "/api/v1/schema/" in html
