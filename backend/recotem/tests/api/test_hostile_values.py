"""Nothing that a client can write makes the server fail."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.every_route import DETAILS, ROW_OF, STAFF_ONLY, Route
from tests.people import People

pytestmark = pytest.mark.one_database("postgresql")

HOSTILE = (
    10**30,
    -(10**30),
    2**31,
    1.5e308,
    True,
    None,
    "",
    "\0",
    "a\nb\u202e",
    "9" * 5000,
    [],
    [[["\0"]]],
    {"\0": ["\0", 10**30]},
    {"$ne": None},
)
CHANGES = [
    route
    for route in DETAILS
    if route.method == "patch"
    and route.url.endswith("{lookup}/")
    and route.kind not in {"training_data", "item_meta_data"}
]


def fields_of(route: Route) -> Iterator[str]:
    for name, field in route.viewset.serializer_class().fields.items():
        if not field.read_only:
            yield name


@pytest.mark.parametrize("route", CHANGES, ids=str)
def test_no_value_of_any_field_makes_the_server_fail(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    row = ROW_OF[route.kind](people.project)
    path = route.path(row, people.project)
    who = "admin" if route.kind in STAFF_ONLY else "owner"
    for name in fields_of(route):
        for value in HOSTILE:
            answer = call_as(who, "patch", path, {name: value})
            assert answer.status_code in {200, 400, 409}, (name, value)
            if answer.status_code != 200:
                assert {"detail", "code"} <= answer.json().keys()


def test_text_inside_of_json_that_the_database_cannot_hold_is_400(call_as, project):
    body = {
        "project": project.pk,
        "recommender_class_name": "IALS",
        "parameters_json": {"n_components": "\0"},
    }
    answer = call_as("owner", "post", "model_configuration/", body)
    assert answer.status_code == 400
