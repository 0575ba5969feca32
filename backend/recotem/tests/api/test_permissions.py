"""Every route asked by everybody, compared with the table of permissions."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from recotem.core.models import AuditEntry
from recotem.keys.models import ApiKey
from tests.api import permission_table
from tests.api.every_route import ROUTES, SINGLE, Route, format_of
from tests.api.permission_table import CALLERS
from tests.api.valid_requests import Scene, body_for, path_of, row_for
from tests.people import People

pytestmark = pytest.mark.one_database("postgresql")

ALL = [*ROUTES, *SINGLE]
TABLE = permission_table.read()
#: Set by `make permissions`: what is answered becomes what is expected.
WRITES = bool(os.environ.get("WRITE_PERMISSIONS"))
SAFE = {"get", "head"}
#: Successful writes of which the audit log says nothing, and why.
UNNOTED = {
    "POST auth/login/": "a session is a row of its own",
    "POST auth/logout/": "a session is a row of its own",
    "POST auth/token/refresh/": "a session is a row of its own",
    "POST auth/token/verify/": "changes nothing",
    "POST trained_model/{id}/recommend_using_profile_interaction/": "changes nothing",
    "PUT trained_model/{id}/": "changes nothing",
    "PATCH trained_model/{id}/": "changes nothing",
    "PUT parameter_tuning_job/{id}/": "changes nothing",
    "PATCH parameter_tuning_job/{id}/": "changes nothing",
    "POST conversion_event/": "events are many, and rows of their own",
    "POST conversion_event/batch/": "events are many, and rows of their own",
}


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Writes(list[str]):
    """The statements that changed something while this was listening."""

    def __call__(
        self, execute: Callable[..., Any], sql: str, *rest: Any, **options: Any
    ) -> Any:
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            self.append(sql)
        return execute(sql, *rest, **options)


class Asked:
    """A route, asked by everybody in turn, each time as if for the first time."""

    def __init__(self, route: Route, people: People, call_as: Any) -> None:
        self.route, self.people, self.call_as = route, people, call_as
        for who in CALLERS:
            people.client(who)
        self.row = row_for(route, people.project)
        self.path = path_of(route, self.row, people.project)
        ApiKey.objects.update(last_used_at=timezone.now())  # and so need not be noted

    def by_all(self) -> dict[str, int]:
        """Where nobody is asked who he is, one answer is that of all."""
        if not self.route.viewset.authentication_classes:
            return dict.fromkeys(CALLERS, self.by("anonymous"))
        return {who: self.by(who) for who in CALLERS}

    def by(self, who: str) -> int:
        writes = Writes()
        with undone():
            body = body_for(self.route, self.scene(who))
            with connection.execute_wrapper(writes):
                answer = self.call_as(
                    who, self.route.method, self.path, body, **format_of(self.route)
                )
                for _ in getattr(answer, "streaming_content", ()):
                    """Only a file read to its end is closed."""
        self.check(who, answer.status_code, writes)
        return int(answer.status_code)

    def scene(self, who: str) -> Scene:
        known = not who.startswith(("anonymous", "key"))
        person = self.people.user(who if known else "owner")
        return Scene(self.people.project, self.row, person)

    def check(self, who: str, status: int, writes: Writes) -> None:
        if status >= 400:
            assert not writes, f"{who} was refused, and still wrote"
        elif self.route.method not in SAFE:
            noted = any(AuditEntry._meta.db_table in sql for sql in writes)
            assert noted == (str(self.route) not in UNNOTED), f"the note of {who}"


@pytest.mark.usefixtures("_one_child")
@pytest.mark.parametrize("route", ALL, ids=str)
def test_everybody_is_answered_as_the_table_says(
    route: Route, call_as: Callable[..., Any], people: People
) -> None:
    answered = Asked(route, people, call_as).by_all()
    if WRITES:
        TABLE[str(route)] = tuple(answered.values())
    assert answered == dict(zip(CALLERS, TABLE.get(str(route), ()), strict=False)), (
        "`make permissions` writes the table anew"
    )


def test_each_route_has_its_line_and_each_line_its_route():
    if WRITES:
        permission_table.write(TABLE, [str(route) for route in ALL])
    assert list(permission_table.read()) == [str(route) for route in ALL]


def test_what_is_not_in_the_table_cannot_be_asked(call_as):
    methods: dict[str, set[str]] = {}
    for method, path in map(str.split, TABLE):
        methods.setdefault(path, set()).add(method)
    for path, known in methods.items():
        address = re.sub(r"\{\w+\}", "1", path)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - known:
            answer = call_as("admin", method, address)
            assert answer.status_code == 405, (method, path)


def test_each_request_is_right_but_for_who_asks():
    """A request that nobody may make proves nothing about who is refused."""
    may_be = {200, 201, 202, 204, 400, 401, 403, 404}
    of_staff = CALLERS.index("staff")
    wrong = {
        route: statuses
        for route, statuses in TABLE.items()
        if statuses[of_staff] >= 300 or set(statuses) - may_be
    }
    assert wrong == {}


def test_what_is_left_unnoted_exists():
    assert UNNOTED.keys() <= {str(route) for route in ALL}
