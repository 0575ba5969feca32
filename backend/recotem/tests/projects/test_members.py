import pytest

from recotem.projects.models import Membership
from tests.factories import MembershipFactory, UserFactory


@pytest.fixture
def ann(db):
    return UserFactory(username="ann", email="ann@example.org")


@pytest.fixture
def path(project):
    return f"project/{project.pk}/members/"


def roles(project):
    return dict(project.memberships.values_list("user__username", "role"))


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("anonymous", 401, 401),
        ("stranger", 404, 404),
        ("key", 403, 403),
        ("key_of_other_project", 403, 403),
        ("viewer", 200, 403),
        ("editor", 200, 403),
        ("co_owner", 200, 201),
        ("owner", 200, 201),
        ("staff", 200, 201),
    ],
)
def test_members_see_each_other_and_owners_let_people_in(
    who, read, write, call_as, path, ann
):
    assert call_as(who, "get", path).status_code == read
    body = {"username": "ann", "role": "viewer"}
    assert call_as(who, "post", path, body).status_code == write
    assert Membership.objects.filter(user=ann).exists() is (write == 201)


@pytest.mark.parametrize(
    ("who", "status"),
    [("stranger", 404), ("key", 403), ("viewer", 403), ("editor", 403)],
)
def test_who_may_not_change_or_remove_a_member(
    who, status, call_as, path, project, ann
):
    row = MembershipFactory(project=project, user=ann, role="viewer")
    changed = call_as(who, "patch", f"{path}{row.pk}/", {"role": "owner"})
    removed = call_as(who, "delete", f"{path}{row.pk}/")
    assert changed.status_code == removed.status_code == status
    assert roles(project)["ann"] == "viewer"


def test_a_member_of_another_project_is_not_found_under_this_one(
    call_as, path, people, ann
):
    row = MembershipFactory(project=people.other_project, user=ann)
    for method in ("get", "patch", "delete"):
        answer = call_as("owner", method, f"{path}{row.pk}/", {"role": "owner"})
        assert answer.status_code == 404
    assert roles(people.other_project) == {"ann": "viewer"}


@pytest.mark.parametrize("who", ["viewer", "editor"])
def test_nobody_raises_his_own_role(who, call_as, path, people):
    row = people.user(who).memberships.get()
    answer = call_as(who, "patch", f"{path}{row.pk}/", {"role": "owner"})
    assert answer.status_code == 403
    assert roles(people.project)[who] == who


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "nobody", "role": "viewer"}, "username"),
        ({"email": "nobody@example.org", "role": "viewer"}, "username"),
        ({"username": "gone", "role": "viewer"}, "username"),
        ({"username": "owner", "role": "viewer"}, "username"),
        ({"username": "viewer", "role": "editor"}, "username"),
        ({"role": "viewer"}, "username"),
        ({"username": "ann"}, "role"),
        ({"username": "ann", "role": "king"}, "role"),
        ({"username": "a\0b", "role": "viewer"}, "username"),
    ],
)
def test_people_who_cannot_be_let_in(body, field, call_as, path, people, ann):
    UserFactory(username="gone", is_active=False)
    assert people.user("viewer")
    answer = call_as("owner", "post", path, body)
    assert answer.status_code == 400
    assert answer.json()[field]
    assert roles(people.project) == {"viewer": "viewer"}


def test_an_unknown_and_a_deactivated_account_are_told_alike(call_as, path):
    UserFactory(username="gone", is_active=False)
    answers = [
        call_as("owner", "post", path, {"username": name, "role": "viewer"})
        for name in ("gone", "nobody")
    ]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["username"] == ["not found"]


@pytest.mark.parametrize("name", [{"username": "ann"}, {"email": "ANN@example.org"}])
def test_who_was_let_in_has_the_role_and_loses_it_again(
    name, call_as, path, project, ann, people
):
    made = call_as("owner", "post", path, {**name, "role": "viewer"}).json()
    assert set(made) == {"id", "user", "username", "role", "ins_datetime", "updated_at"}
    assert (made["user"], made["username"], made["role"]) == (ann.pk, "ann", "viewer")
    people._users["ann"] = ann
    here, row = f"project/{project.pk}/", f"{path}{made['id']}/"
    assert call_as("ann", "patch", here, {"name": "renamed"}).status_code == 403
    answer = call_as("owner", "patch", row, {"role": "editor", "user": 1})
    assert (answer.json()["role"], answer.json()["user"]) == ("editor", ann.pk)
    assert call_as("ann", "patch", here, {"name": "renamed"}).status_code == 200
    assert call_as("owner", "delete", row).status_code == 204
    assert call_as("ann", "get", here).status_code == 404


@pytest.mark.parametrize("who", ["viewer", "editor", "co_owner"])
def test_everybody_may_leave(who, call_as, path, people):
    row = people.user(who).memberships.get()
    assert call_as(who, "delete", f"{path}{row.pk}/").status_code == 204
    assert call_as(who, "get", path).status_code == 404


def test_the_owner_is_no_member_and_so_cannot_be_removed(call_as, path, people):
    assert people.user("co_owner")
    rows = call_as("co_owner", "get", path).json()["results"]
    assert [row["username"] for row in rows] == ["co_owner"]


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("viewer", "viewer"),
        ("editor", "editor"),
        ("co_owner", "owner"),
        ("owner", "owner"),
        ("staff", "owner"),
        ("key_read", "owner"),
    ],
)
def test_a_project_says_which_role_one_has(who, role, call_as, project):
    one = call_as(who, "get", f"project/{project.pk}/").json()
    many = call_as(who, "get", "project/").json()["results"]
    assert {row["role"] for row in [one, *many]} == {role}


def test_the_role_is_said_after_a_change_too_and_cannot_be_written(call_as, project):
    body = {"name": "renamed", "role": "viewer"}
    answer = call_as("editor", "patch", f"project/{project.pk}/", body)
    assert (answer.json()["name"], answer.json()["role"]) == ("renamed", "editor")
    new = {"name": "books", "user_column": "u", "item_column": "i"}
    assert call_as("stranger", "post", "project/", new).json()["role"] == "owner"


def test_the_list_of_members_costs_the_same_whatever_its_length(
    call_as, path, project, django_assert_max_num_queries
):
    MembershipFactory.create_batch(15, project=project)
    call_as("owner", "get", path)
    with django_assert_max_num_queries(6):
        assert call_as("owner", "get", path).json()["count"] == 15
