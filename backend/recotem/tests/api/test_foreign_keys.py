"""A request points at no row that who sends it may not see, whatever its route."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import ForeignKey, QuerySet
from django.forms.models import model_to_dict
from django.urls import get_resolver
from rest_framework.relations import ManyRelatedField, RelatedField
from rest_framework.serializers import Serializer

from recotem.core.fields import OwnedPrimaryKeyField
from recotem.core.filters import IdFilter, ResourceFilterBackend
from recotem.experiments.serializers import ConversionEventSerializer
from recotem.projects.models import Project
from tests.api.every_route import (
    DETAILS,
    OWN,
    ROUTES,
    ROW_OF,
    STAFF_ONLY,
    Route,
    format_of,
)
from tests.people import People

pytestmark = pytest.mark.one_database("postgresql")

#: Which kind a foreign key of a request, or a filter by one, points at.
KIND_OF_KEY = {
    "project": "project",
    "data": "training_data",
    "data_loc": "training_data",
    "training_data": "training_data",
    "split": "split_config",
    "split_config": "split_config",
    "evaluation": "evaluation_config",
    "evaluation_config": "evaluation_config",
    "configuration": "model_configuration",
    "model_configuration": "model_configuration",
    "trained_model": "trained_model",
    "model_id": "trained_model",
    "tuning_job_id": "parameter_tuning_job",
    "review_id": "gate_review",
    "deployment_slot": "deployment_slot",
    "slot": "deployment_slot",
    "control_slot": "deployment_slot",
    "variant_slot": "deployment_slot",
    "webhook": "webhook",
    "run": "retraining_run",
    "actor": "users",
    "user": "users",
}
#: Describes events, which are read and checked by hand.
BY_HAND = {ConversionEventSerializer}
#: Rows of these belong to a person, not to a project.
PERSONAL = {"split_config", "evaluation_config"}
#: No request names the project of these: it is that of what they are made from.
OF_THEIR_PARENTS = {"trained_model", "parameter_tuning_job"}


def foreign_keys(route: Route, project: Project) -> dict[str, int]:
    """For each key that a request of this kind has, a row of this project."""
    model = type(ROW_OF[route.kind](project))
    names = {
        field.name for field in model._meta.fields if isinstance(field, ForeignKey)
    }
    return {
        name: ROW_OF[KIND_OF_KEY[name]](project).pk
        for name in names & KIND_OF_KEY.keys()
        if not (name == "project" and route.kind in OF_THEIR_PARENTS)
    }


BOUND = [
    route
    for route in ROUTES
    if route.method == "post"
    and not route.is_detail
    and not route.is_nested
    and not route.url.endswith(OWN)
    and route.kind not in {*PERSONAL, *STAFF_ONLY, "project"}
]
CHANGEABLE = {route.kind for route in DETAILS if route.method == "patch"}
MOVABLE = [route for route in BOUND if route.kind in CHANGEABLE]


def all_serializers(kind: type[Serializer] = Serializer) -> Iterator[type[Serializer]]:
    for found in kind.__subclasses__():
        if found.__module__.startswith("recotem."):
            yield found
        yield from all_serializers(found)


def test_every_field_that_points_at_a_row_looks_with_the_eyes_of_who_asks():
    assert get_resolver().url_patterns  # all views are loaded, and their serializers
    unknown = {
        f"{kind.__name__}.{name}"
        for kind in set(all_serializers()) - BY_HAND
        for name, field in kind().fields.items()
        if isinstance(field, (RelatedField, ManyRelatedField)) and not field.read_only
        if not isinstance(field, OwnedPrimaryKeyField) or name not in KIND_OF_KEY
    }
    assert unknown == set()


@pytest.mark.parametrize("route", BOUND, ids=str)
def test_nothing_is_created_on_rows_of_others(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    keys = foreign_keys(route, people.project)
    assert keys
    path = route.path(None, people.project)
    many = route.url.endswith("/batch/")
    body = {"events": [keys]} if many else keys
    answer = call_as("stranger", "post", path, body, **format_of(route))
    assert answer.status_code == 400
    wrong = answer.json()["events"][0] if many else answer.json()
    for name in keys:
        assert wrong[name] == ["not found"]


@pytest.mark.parametrize("route", MOVABLE, ids=str)
def test_nothing_is_moved_to_rows_of_others(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    mine = ROW_OF[route.kind](people.strange_project)
    before = model_to_dict(mine)
    for name, pk in foreign_keys(route, people.project).items():
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


@pytest.mark.parametrize("who", ["owner", "key_write"])
@pytest.mark.parametrize("route", MOVABLE, ids=str)
def test_nothing_is_moved_to_another_project_of_ones_own(
    route: Route, who: str, call_as: Callable[..., Any], people: People
) -> None:
    row = ROW_OF[route.kind](people.project)
    before = model_to_dict(row)
    keys = foreign_keys(route, people.other_project)
    for name in keys.keys() - PERSONAL - {"split", "evaluation"}:
        answer = call_as(
            who,
            "patch",
            f"{route.url}{row.pk}/",
            {name: keys[name]},
            **format_of(route),
        )
        assert answer.status_code in {400, 403, 409}, name
    row.refresh_from_db()
    assert model_to_dict(row) == before


LISTS = [
    route
    for route in ROUTES
    if route.method == "get"
    and not route.is_detail
    and route.viewset.filter_backends
    and route.kind not in STAFF_ONLY
]


def filters_by_id(route: Route, rows: QuerySet[Any]) -> list[str]:
    found = ResourceFilterBackend().get_filterset_class(route.viewset(), rows)
    filters = found.base_filters if found else {}
    return [name for name in filters if isinstance(filters[name], IdFilter)]


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_filter_by_a_row_of_others_tells_as_much_as_one_by_nothing(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    row = ROW_OF[route.kind](people.project)
    path = route.path(None, people.strange_project)
    for name in set(filters_by_id(route, type(row).objects.all())) - {"id_gt"}:
        kind = KIND_OF_KEY.get(name.split("__")[-1], route.kind)
        for pk in (ROW_OF[kind](people.project).pk, 2**40):
            answer = call_as("stranger", "get", path, {name: pk})
            assert answer.json()["results"] == [], name
