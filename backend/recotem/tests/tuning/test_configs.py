"""Split and evaluation configurations."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response

from recotem.core.actor import Actor
from recotem.tuning.services.configs import update_config
from tests.factories import (
    EvaluationConfigFactory,
    ParameterTuningJobFactory,
    SplitConfigFactory,
)
from tests.people import People

type Call = Callable[..., Response]

FACTORIES = {
    "split_config": SplitConfigFactory,
    "evaluation_config": EvaluationConfigFactory,
}
KINDS = pytest.mark.parametrize("kind", list(FACTORIES))


@KINDS
@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("co_owner", 404), ("staff", 200)]
)
def test_a_configuration_is_seen_by_who_created_it(
    call_as: Call, people: People, kind: str, who: str, status: int
) -> None:
    row = FACTORIES[kind](created_by=people.user("owner"))
    assert call_as(who, "get", f"{kind}/{row.pk}/").status_code == status
    assert call_as("owner", "get", f"{kind}/{row.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("split_config", {"scheme": "XX"}),
        ("split_config", {"heldout_ratio": 0}),
        ("split_config", {"heldout_ratio": 1}),
        ("split_config", {"heldout_ratio": "NaN"}),
        ("split_config", {"test_user_ratio": 0}),
        ("split_config", {"test_user_ratio": 1.5}),
        ("split_config", {"n_heldout": 0}),
        ("split_config", {"n_test_users": -1}),
        ("split_config", {"random_seed": -1}),
        ("split_config", {"random_seed": 2**40}),
        ("evaluation_config", {"cutoff": 0}),
        ("evaluation_config", {"cutoff": -5}),
        ("evaluation_config", {"cutoff": 1001}),
        ("evaluation_config", {"target_metric": "rmse"}),
    ],
)
def test_values_out_of_range_are_refused_by_name(
    call_as: Call, kind: str, values: dict[str, Any]
) -> None:
    answer = call_as("owner", "post", f"{kind}/", values)
    assert answer.status_code == 400
    assert set(answer.json()) == {"detail", "code", *values}


@KINDS
def test_a_used_configuration_can_be_renamed_but_not_changed_or_deleted(
    call_as: Call, people: People, kind: str
) -> None:
    job = ParameterTuningJobFactory(data__project=people.project)
    row = getattr(job, kind.removesuffix("_config"))
    path = f"{kind}/{row.pk}/"
    change = {"random_seed": 7} if kind == "split_config" else {"cutoff": 7}
    assert call_as("owner", "patch", path, change).status_code == 409
    assert call_as("owner", "delete", path).status_code == 409
    assert call_as("owner", "patch", path, {"name": "by time"}).status_code == 200
    assert call_as("owner", "get", path).json()["name"] == "by time"


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        (
            "split_config",
            {
                "name": None,
                "scheme": "RG",
                "heldout_ratio": 0.1,
                "n_heldout": None,
                "test_user_ratio": 1.0,
                "n_test_users": None,
                "random_seed": 42,
            },
        ),
        (
            "evaluation_config",
            {"name": None, "cutoff": 20, "target_metric": "ndcg"},
        ),
    ],
)
def test_an_empty_request_makes_the_defaults(
    call_as: Call, people: People, kind: str, defaults: dict[str, Any]
) -> None:
    answer = call_as("owner", "post", f"{kind}/", {})
    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in defaults} == defaults
    assert made["created_by"] == people.user("owner").pk
    path = f"{kind}/{made['id']}/"
    assert call_as("owner", "patch", path, {"name": "mine"}).json()["name"] == "mine"
    assert call_as("owner", "delete", path).status_code == 204


@KINDS
def test_configurations_are_filtered_by_having_a_name(
    call_as: Call, people: People, kind: str
) -> None:
    creator = people.user("owner")
    named = FACTORIES[kind](created_by=creator, name="mine")
    unnamed = FACTORIES[kind](created_by=creator)

    def found(query: str) -> list[int]:
        rows = call_as("owner", "get", f"{kind}/?{query}").json()["results"]
        return [row["id"] for row in rows]

    assert found("unnamed=true") == [unnamed.pk]
    assert found("unnamed=false") == [named.pk]
    assert found("name=mine") == [named.pk]
    assert call_as("owner", "get", f"{kind}/?unnamed=perhaps").status_code == 400


@KINDS
def test_a_change_leaves_what_others_changed_meanwhile(
    people: People, kind: str
) -> None:
    config = FACTORIES[kind](created_by=people.user("owner"))
    type(config).objects.update(name="theirs")
    field = "heldout_ratio" if kind == "split_config" else "cutoff"
    update_config(
        actor=Actor(config.created_by),
        config=config,
        changes={field: 0.5 if kind == "split_config" else 5},
    )
    config.refresh_from_db()
    assert config.name == "theirs"


@KINDS
def test_a_configuration_deleted_during_its_change_stays_deleted(
    people: People, kind: str
) -> None:
    config = FACTORIES[kind](created_by=people.user("owner"))
    type(config).objects.all().delete()
    with pytest.raises(type(config).DoesNotExist):
        update_config(
            actor=Actor(config.created_by),
            config=config,
            changes={"name": "back again"},
        )
    assert not type(config).objects.exists()
