"""The cast of every test, and how each of them asks.

`call_as(who, method, path, data)` sends a request as one of: anonymous, owner,
co_owner, editor, viewer (members of `project`), stranger, staff, admin (a superuser),
key (all scopes), key_read, key_write, key_predict (keys of `project`),
key_of_other_project (the owner's second project), key_of_stranger.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from recotem.accounts.models import User
from recotem.accounts.services import sign_in
from recotem.core.actor import Actor
from recotem.keys.services import create_key
from recotem.projects.models import Project
from tests.factories import MembershipFactory, ProjectFactory, UserFactory

PASSWORD = "correct horse battery"
ROLES = {"viewer": "viewer", "editor": "editor", "co_owner": "owner"}
SCOPES = ("read", "write", "predict")


class People:
    """Who takes part in a test; each is made when first needed."""

    def __init__(self) -> None:
        self._clients: dict[str, APIClient] = {}
        self._users: dict[str, User] = {}

    @cached_property
    def project(self) -> Project:
        return ProjectFactory(owner=self.user("owner"), name="shop")

    @cached_property
    def other_project(self) -> Project:
        return ProjectFactory(owner=self.user("owner"), name="another shop")

    @cached_property
    def strange_project(self) -> Project:
        return ProjectFactory(owner=self.user("stranger"), name="a stranger's shop")

    def user(self, who: str) -> User:
        if who not in self._users:
            admin = who == "admin"
            user = UserFactory(
                username=who, is_staff=admin or who == "staff", is_superuser=admin
            )
            self._users[who] = user
            if who in ROLES:
                MembershipFactory(project=self.project, user=user, role=ROLES[who])
        return self._users[who]

    def key(self, who: str) -> str:
        """The text of a fresh key, as its name says."""
        project, scopes = self.project, SCOPES
        if who == "key_of_other_project":
            project = self.other_project
        elif who == "key_of_stranger":
            project = self.strange_project
        elif who != "key":
            scopes = (who.removeprefix("key_"),)
        return create_key(
            actor=Actor(project.owner), project=project, name=who, scopes=scopes
        )[1]

    def client(self, who: str) -> APIClient:
        if who not in self._clients:
            self._clients[who] = self._new_client(who)
        return self._clients[who]

    def _new_client(self, who: str) -> APIClient:
        client = APIClient()
        if who.startswith("key"):
            client.credentials(HTTP_X_API_KEY=self.key(who))
        elif who != "anonymous":
            _, tokens = sign_in(name=self.user(who).username, password=PASSWORD)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
        return client


@pytest.fixture
def people(db: None) -> People:
    return People()


@pytest.fixture
def owner(people: People) -> User:
    return people.user("owner")


@pytest.fixture
def stranger(people: People) -> User:
    return people.user("stranger")


@pytest.fixture
def viewer(people: People) -> User:
    return people.user("viewer")


@pytest.fixture
def editor(people: People) -> User:
    return people.user("editor")


@pytest.fixture
def staff(people: People) -> User:
    return people.user("staff")


@pytest.fixture
def project(people: People) -> Project:
    return people.project


@pytest.fixture
def call_as(people: People) -> Callable[..., Response]:
    """Send a request as somebody of the cast; `/api/v1/` goes before the path."""

    def call(
        who: str, method: str, path: str, data: Any = None, **options: Any
    ) -> Response:
        options.setdefault("format", "json")
        if method.lower() == "get":
            options.pop("format")
        client = people.client(who)
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return getattr(client, method.lower())(address, data, **options)

    return call
