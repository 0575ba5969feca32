"""Rows of others do not exist: not one by one, not in lists, not below a project.

The routes are read from the router, so a new one is covered the day it is registered;
one whose kind has no row here fails until it gets one. Who may do what to the rows
one sees is said by the table of permissions.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.forms.models import model_to_dict

from recotem.api.urls import router
from recotem.projects.models import Project
from tests.api.every_route import (
    DETAILS,
    ROUTES,
    ROW_OF,
    STAFF_ONLY,
    Route,
    format_of,
    kind_of,
)
from tests.people import People

pytestmark = pytest.mark.one_database("postgresql")

#: Rows of these belong to a person, not to a project.
PERSONAL = {"split_config", "evaluation_config"}
#: Lists that are the same for everybody who is signed in.
SHARED = {"algorithms"}

NESTED = [route for route in ROUTES if route.is_nested and not route.is_detail]
LISTS = [
    route
    for route in ROUTES
    if not route.is_detail and route.method == "get" and route.kind not in SHARED
]


def closed_to_keys(kind: str) -> bool:
    viewsets = {kind_of(prefix): viewset for prefix, viewset, _ in router.registry}
    return not viewsets[kind].keys_allowed


def test_every_kind_has_a_row_to_be_tried_with():
    kinds = {route.kind for route in ROUTES}
    assert kinds - SHARED == set(ROW_OF)


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
