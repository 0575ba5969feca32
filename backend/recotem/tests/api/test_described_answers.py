"""Answers are what the API's own description says they are."""

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from rest_framework.response import Response

from recotem.accounts.models import User
from recotem.projects.models import Project

pytestmark = pytest.mark.one_database("postgresql")

Call = Callable[..., Response]


@pytest.fixture
def description(call_as: Call) -> dict[str, Any]:
    return call_as("anonymous", "get", "schema/?format=json").json()


def test_who_has_no_email_address_is_answered_as_described(
    call_as: Call, description: dict[str, Any], owner: User
) -> None:
    User.objects.filter(pk=owner.pk).update(email="")
    answer = call_as("owner", "get", "auth/user/").json()
    assert answer["email"] == ""
    described = description["components"]["schemas"]["User"]
    Draft202012Validator(described, format_checker=FormatChecker()).validate(answer)


def test_each_described_word_of_a_boolean_filter_is_of_its_type_and_accepted(
    call_as: Call, description: dict[str, Any], project: Project
) -> None:
    parameters = description["paths"]["/api/v1/deployment_slot/"]["get"]["parameters"]
    described = next(p for p in parameters if p["name"] == "is_active")["schema"]
    for word in described["enum"]:
        Draft202012Validator(described).validate(word)
        path = f"deployment_slot/?is_active={word}"
        assert call_as("viewer", "get", path).status_code == 200
