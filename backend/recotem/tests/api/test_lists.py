"""Every list there is: what it costs, and that its pages keep their place."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from recotem.core.models import AuditEntry
from recotem.projects.models import Project
from recotem.tuning.models import ParameterTuningJob
from tests import factories
from tests.api.every_route import ROUTES, ROW_OF, STAFF_ONLY, Route
from tests.people import People


def _version(data: Any) -> Model:
    data.version += 1
    data.save()
    return factories.keep_version(data, factories.Actor(factories.AnonymousUser()))


#: Rows of lists below a row, by the end of their path.
ROW_BELOW: dict[str, Callable[[Any], Model]] = {
    "trials/": lambda job: factories.TrialFactory(tuning_job=job, state="COMPLETED"),
    "versions/": _version,
}
#: Another row of those kinds of which a project has, or is, but one.
ANOTHER = {
    "project": lambda project: factories.ProjectFactory(owner=project.owner),
    "retraining_schedule": lambda project: factories.RetrainingScheduleFactory(
        project__owner=project.owner
    ),
}
#: The same for everybody at any time, and too short to have a second page.
FIXED = {"algorithms"}


def end_of(route: Route) -> str:
    return route.url.rpartition("{lookup}/")[2] if route.is_detail else ""


LISTS = [
    route
    for route in ROUTES
    if route.method == "get"
    and route.kind not in FIXED
    and (not route.is_detail or end_of(route) in ROW_BELOW)
]
each_list = pytest.mark.parametrize("route", LISTS, ids=str)


class List:
    """A list, with how to add a row to it and how to read it."""

    def __init__(
        self, route: Route, project: Project, call_as: Callable[..., Any]
    ) -> None:
        self._project, self._route, self._call_as = project, route, call_as
        self._parent = ROW_OF[route.kind](project) if route.is_detail else None
        self.path = f"/api/v1/{route.path(self._parent, project)}"

    def add(self) -> None:
        if self._parent:
            ROW_BELOW[end_of(self._route)](self._parent)
        else:
            ANOTHER.get(self._route.kind, ROW_OF[self._route.kind])(self._project)

    def read(self, address: str | None = None, **query: Any) -> Any:
        who = "staff" if self._route.kind in STAFF_ONLY else "owner"
        return self._call_as(who, "get", address or self.path, query)

    def next_of(self, page: Any, side: str = "next") -> str | None:
        return path_of(page.json()[side])


def path_of(link: str | None) -> str | None:
    return link and link.removeprefix("http://testserver")


def name_of(row: dict[str, Any]) -> int:
    return int(row["id"] if "id" in row else row["number"])


def names(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [name_of(row) for row in answer.json()["results"]]


def test_every_list_of_the_description_is_tried_here():
    paths = APIClient().get("/api/v1/schema/?format=json").json()["paths"]
    described = {
        path.removeprefix("/api/v1/")
        for path, item in paths.items()
        if "/Paginated" in str(item.get("get", {}).get("responses", {}).get("200"))
    }
    tried = {
        route.url.replace("{lookup}", "{id}").replace(
            "(?P<project_id>[0-9]+)", "{project_id}"
        )
        for route in LISTS
    }
    assert described - {f"{name}/" for name in FIXED} == tried


@each_list
def test_a_list_asks_the_database_as_often_for_thirty_rows_as_for_three(
    route, call_as, people: People
):
    rows = List(route, people.project, call_as)
    asked = []
    for number in (3, 27):
        for _ in range(number):
            rows.add()
        rows.read()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows.read(page_size=100)
        asked.append([query["sql"][:200] for query in queries])
    assert len(asked[0]) == len(asked[1]), asked


@each_list
def test_following_links_meets_each_row_once_while_rows_are_added(
    route, call_as, people: People
):
    rows = List(route, people.project, call_as)
    for _ in range(7):
        rows.add()
    before, seen = names(rows.read(page_size=100)), []
    address = f"{rows.path}?page_size=2"
    while address:
        page = rows.read(address)
        seen += names(page)
        rows.add()
        address = rows.next_of(page)
    assert seen == before


@each_list
def test_going_back_meets_each_row_once_while_rows_are_added(
    route, call_as, people: People
):
    rows = List(route, people.project, call_as)
    for _ in range(7):
        rows.add()
    before, seen = names(rows.read(page_size=100)), []
    last = -(-len(before) // 2)
    address = f"{rows.path}?page_size=2&page={last}"
    while address and before[0] not in seen:
        page = rows.read(address)
        seen = names(page) + seen
        rows.add()
        address = rows.next_of(page, "previous")
    assert [name for name in seen if name in before] == before


@each_list
def test_a_place_that_cannot_be_is_400_on_its_name(route, call_as, people: People):
    rows = List(route, people.project, call_as)
    for name in ("after", "before"):
        for value in ("x", "-1", "1.5", "9" * 30, "\0", "\u0663"):
            answer = rows.read(**{name: value})
            assert answer.status_code == 400
            assert answer.json()[name]
    answer = rows.read(after=9, before=1)
    assert answer.status_code == 400
    assert answer.json()["before"]


@each_list
def test_page_numbers_cover_all_rows_once_and_end_with_404(
    route, call_as, people: People
):
    rows = List(route, people.project, call_as)
    for _ in range(5):
        rows.add()
    every = names(rows.read(page_size=100))
    count, last = len(every), -(-len(every) // 2)
    pages = [rows.read(page_size=2, page=n + 1) for n in range(last)]
    assert [name for page in pages for name in names(page)] == every
    assert {page.json()["count"] for page in pages} == {count}
    assert pages[0].json()["previous"] is None
    assert pages[-1].json()["next"] is None
    assert rows.read(page_size=2, page=last + 1).status_code == 404


def test_a_trial_that_ends_late_moves_no_other(call_as, people: People):
    job: Any = ROW_OF["parameter_tuning_job"](people.project)
    assert isinstance(job, ParameterTuningJob)
    for number in (10, 20, 30, 40, 50, 60):
        factories.TrialFactory(tuning_job=job, number=number, state="COMPLETED")
    path = f"parameter_tuning_job/{job.pk}/trials/?page_size=2"
    first = call_as("owner", "get", path).json()
    factories.TrialFactory(tuning_job=job, number=55, state="COMPLETED")
    second = call_as("owner", "get", path_of(first["next"])).json()
    assert [row["number"] for row in first["results"]] == [60, 50]
    assert [row["number"] for row in second["results"]] == [40, 30]


def test_links_keep_filters_and_lead_back(call_as, people: People):
    path = "api_keys/"
    for _ in range(5):
        ROW_OF["api_keys"](people.project)
    query = {"project": people.project.pk, "page_size": 2}
    first = call_as("owner", "get", path, query).json()
    second = call_as("owner", "get", path_of(first["next"])).json()
    assert f"project={people.project.pk}" in second["next"]
    assert "page=3" in second["next"]
    back = call_as("owner", "get", path_of(second["previous"])).json()
    assert back["results"] == first["results"]
    assert back["previous"] is None


def test_a_place_whose_row_is_gone_is_still_a_place(call_as, people: People):
    made = [ROW_OF["api_keys"](people.project) for _ in range(3)]
    place = made[1].pk
    made[1].delete()
    answer = call_as("owner", "get", "api_keys/", {"after": place})
    assert names(answer) == [made[0].pk]
    assert names(call_as("owner", "get", "api_keys/", {"after": made[0].pk})) == []


@given(steps=st.lists(st.sampled_from(["add", "drop first", "drop last", "read"])))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_who_follows_links_meets_each_row_that_stays_exactly_once(
    steps, call_as, people: People
):
    AuditEntry.objects.all().delete()
    stay = {factories.AuditEntryFactory().pk for _ in range(6)}
    address, seen = "/api/v1/audit_log/?page_size=2", []
    for step in [*steps, *["read"] * 20]:
        if step == "add":
            factories.AuditEntryFactory()
        elif step != "read":
            entries = AuditEntry.objects.order_by("id")
            gone = entries.last() if step == "drop first" else entries.first()
            stay -= {gone.pk} if gone else set()
            AuditEntry.objects.filter(pk=gone.pk if gone else 0).delete()
        elif address:
            page = call_as("staff", "get", address).json()
            seen += [row["id"] for row in page["results"]]
            address = path_of(page["next"])
    assert len(seen) == len(set(seen))
    assert stay <= set(seen)


@pytest.mark.parametrize(
    "name", ["page", "page_size", "after", "before", "id", "status"]
)
def test_an_empty_parameter_is_refused_by_its_name(name, call_as):
    answer = call_as("owner", "get", f"parameter_tuning_job/?{name}=")
    assert answer.status_code == 400
    assert name in answer.json()
