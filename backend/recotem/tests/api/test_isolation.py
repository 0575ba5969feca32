"""Every route of the router, asked by everybody who may not have the answer.

The routes are read from the router, so a new one is covered the day it is registered;
one whose kind has no row here fails until it gets one.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import ForeignKey
from django.forms.models import model_to_dict
from rest_framework.permissions import AllowAny

from recotem.api.urls import router, urlpatterns
from recotem.projects.models import Project
from tests.api.every_route import (
    DETAILS,
    OWN,
    ROUTES,
    ROW_OF,
    SAFE,
    STAFF_ONLY,
    Route,
    format_of,
    kind_of,
)
from tests.people import People

#: Rows of these belong to a person, not to a project.
PERSONAL = {"split_config", "evaluation_config"}
#: Lists that are the same for everybody who is signed in.
SHARED = {"algorithms"}
#: Which kind a foreign key of a request points at.
KIND_OF_KEY = {
    "project": "project",
    "data": "training_data",
    "data_loc": "training_data",
    "split": "split_config",
    "evaluation": "evaluation_config",
    "configuration": "model_configuration",
    "trained_model": "trained_model",
    "deployment_slot": "deployment_slot",
}
#: What a key with the scope `predict` may do, and one with `write` may not.
PREDICTING = {("conversion_event", "post")}
OPEN = {
    "ping",
    "health",
    "schema",
    "swagger-ui",
    "redoc",
    "login",
    "logout",
    "token_refresh",
    "token_verify",
}
#: Changes nothing, though it is a POST.
ASKED_BY_POST = "recommend_using_profile_interaction/"


CREATES = [
    route
    for route in ROUTES
    if not route.is_detail and route.method == "post" and not route.url.endswith(OWN)
]
NESTED = [route for route in ROUTES if route.is_nested and not route.is_detail]
LISTS = [
    route
    for route in ROUTES
    if not route.is_detail and route.method == "get" and route.kind not in SHARED
]
CHANGES = [
    route
    for route in DETAILS
    if route.method not in SAFE and not route.url.endswith(ASKED_BY_POST)
]


def without_scope(route: Route) -> tuple[str, str]:
    if (route.kind, route.method) in PREDICTING:
        return "key_read", "key_write"
    return ("key_write" if route.method in SAFE else "key_read"), "key_predict"


def closed_to_keys(kind: str) -> bool:
    viewsets = {kind_of(prefix): viewset for prefix, viewset, _ in router.registry}
    return not viewsets[kind].keys_allowed


def test_every_kind_has_a_row_to_be_tried_with():
    kinds = {route.kind for route in ROUTES}
    assert kinds - SHARED == set(ROW_OF)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_who_is_not_signed_in_or_lacks_the_scope_gets_nowhere(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    row = ROW_OF[route.kind](people.project) if route.is_detail else None
    path = route.path(row, people.project)
    options = format_of(route)
    assert call_as("anonymous", route.method, path, **options).status_code == 401
    for who in without_scope(route):
        assert call_as(who, route.method, path, **options).status_code == 403, who


@pytest.mark.parametrize("route", DETAILS, ids=str)
def test_what_is_not_ones_own_does_not_exist_and_does_not_change(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    row = ROW_OF[route.kind](people.project)
    path, before = route.path(row, people.project), model_to_dict(row)
    options = format_of(route)
    missing = route.path(type(row)(pk=2**40), people.project)
    other_key = "key_of_stranger" if route.kind in PERSONAL else "key_of_other_project"
    expected = {
        "stranger": 403 if route.kind in STAFF_ONLY else 404,
        other_key: 403 if closed_to_keys(route.kind) else 404,
    }
    for who, status in expected.items():
        answer = call_as(who, route.method, path, **options)
        nothing = call_as(who, route.method, missing, **options)
        assert answer.status_code == nothing.status_code == status, who
        assert answer.content == nothing.content
    row.refresh_from_db()
    assert model_to_dict(row) == before


@pytest.mark.parametrize("route", CHANGES, ids=str)
def test_a_viewer_changes_nothing(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    row = ROW_OF[route.kind](people.project)
    before = model_to_dict(row)
    path = route.path(row, people.project)
    answer = call_as("viewer", route.method, path, **format_of(route))
    # What belongs to a person does not exist for others, and neither do its keys.
    unseen = route.kind in PERSONAL or route.kind == "api_keys"
    assert answer.status_code == (404 if unseen else 403)
    row.refresh_from_db()
    assert model_to_dict(row) == before


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_holds_nothing_of_others(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    row = ROW_OF[route.kind](people.project)
    other_key = "key_of_stranger" if route.kind in PERSONAL else "key_of_other_project"
    reader = "staff" if route.kind in STAFF_ONLY else "owner"
    shown = call_as(reader, "get", route.path(None, people.project)).json()
    assert row.pk in {entry["id"] for entry in shown["results"]}
    for who in ("stranger", other_key):
        answer = call_as(who, "get", route.path(None, people.project))
        if closed_to_keys(route.kind) and who != "stranger":
            assert answer.status_code == 403
        elif route.kind in STAFF_ONLY or route.is_nested:
            assert answer.status_code == (404 if route.is_nested else 403)
        else:
            seen = {entry["id"] for entry in answer.json()["results"]}
            assert row.pk not in seen


@pytest.mark.parametrize("route", NESTED, ids=str)
def test_nothing_is_there_below_a_project_of_others(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    missing = Project(pk=2**40)
    answers = [
        call_as("stranger", route.method, path)
        for path in (route.path(None, people.project), route.path(None, missing))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.kind in STAFF_ONLY], ids=str
)
def test_what_is_for_staff_is_for_no_owner(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    if route.url.endswith(OWN):
        return
    row = ROW_OF[route.kind](people.project)
    path = route.path(row, people.project)
    assert call_as("owner", route.method, path).status_code == 403
    assert call_as("staff", route.method, path).status_code in {200, 400}


def foreign_keys(kind: str, project: Project) -> dict[str, int]:
    """For each key that a request of this kind has, a row of this project."""
    model = type(ROW_OF[kind](project))
    names = {
        field.name for field in model._meta.fields if isinstance(field, ForeignKey)
    }
    return {
        name: ROW_OF[KIND_OF_KEY[name]](project).pk
        for name in names & KIND_OF_KEY.keys()
    }


BOUND = [
    route
    for route in CREATES
    if route.kind not in {*PERSONAL, *STAFF_ONLY, "project"} and not route.is_nested
]


@pytest.mark.parametrize("route", BOUND, ids=str)
def test_nothing_is_created_on_rows_of_others(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    keys = foreign_keys(route.kind, people.project)
    assert keys
    path = route.path(None, people.project)
    many = route.url.endswith("/batch/")
    body = {"events": [keys]} if many else keys
    answer = call_as("stranger", "post", path, body, **format_of(route))
    assert answer.status_code == 400
    wrong = answer.json()["events"][0] if many else answer.json()
    for name in keys:
        assert wrong[name] == ["not found"]


CHANGEABLE = {route.kind for route in DETAILS if route.method == "patch"}


@pytest.mark.parametrize(
    "route", [route for route in BOUND if route.kind in CHANGEABLE], ids=str
)
def test_nothing_is_moved_to_rows_of_others(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    mine = ROW_OF[route.kind](people.strange_project)
    before = model_to_dict(mine)
    for name, pk in foreign_keys(route.kind, people.project).items():
        answer = call_as(
            "stranger",
            "patch",
            f"{route.url}{mine.pk}/",
            {name: pk},
            **format_of(route),
        )
        assert answer.status_code == 400, name
        assert answer.json()[name] == ["not found"]
    mine.refresh_from_db()
    assert model_to_dict(mine) == before


def test_the_routes_open_to_everybody_are_these_and_no_others():
    views = [pattern for pattern in flat(urlpatterns) if pattern not in router.urls]
    found = {
        pattern.name
        for pattern in views
        if AllowAny in getattr(pattern.callback.view_class, "permission_classes", ())
    }
    assert found == OPEN
    for _, viewset, _ in router.registry:
        assert AllowAny not in viewset.permission_classes


def flat(patterns: list[Any]) -> list[Any]:
    return [
        found
        for pattern in patterns
        for found in (
            flat(pattern.url_patterns)
            if hasattr(pattern, "url_patterns")
            else [pattern]
        )
    ]
