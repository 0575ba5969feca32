"""What schemathesis is told about Recotem: existing rows, and what must not appear.

Loaded by `schemathesis run` (SCHEMATHESIS_HOOKS); RECOTEM_FUZZ_CAST names the file
that says who lives in the house.
"""

import json
import os
from pathlib import Path
from typing import Any

import schemathesis

CAST = json.loads(Path(os.environ["RECOTEM_FUZZ_CAST"]).read_text())
OWN: dict[str, int] = CAST["attacker"]["rows"]
#: Nobody has a victim who may see everything.
VICTIM = CAST["victim"] or {"marker": None, "rows": {}}
FOREIGN: dict[str, int] = VICTIM["rows"]
#: Fields and parameters that hold the id of a row, by the resource it is of.
RESOURCE_OF = {
    "project": "project",
    "project_id": "project",
    "data": "training_data",
    "data__project": "project",
    "data_loc": "training_data",
    "data_loc__project": "project",
    "training_data": "training_data",
    "metadata_id": "item_meta_data",
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
    "slot_id": "deployment_slot",
    "schedule": "retraining_schedule",
    "webhook": "webhook",
    "run": "retraining_run",
}


def known_ids(resource: str) -> list[int]:
    """The attacker's row twice, so that a write with several of them often works."""
    ids = (OWN.get(resource), OWN.get(resource), FOREIGN.get(resource))
    return [id_ for id_ in ids if id_ is not None]


def chosen(resource: str | None, value: Any) -> Any:
    """For most whole numbers the id of a row that exists; other values as they are."""
    ids = known_ids(resource) if resource else []
    if not ids or type(value) is not int:
        return value
    place = value % (len(ids) + 2)
    return ids[place] if place < len(ids) else value


def resource_of_path(path: str) -> str:
    return path.removeprefix("/api/v1/").split("/")[0]


def with_ids(values: Any, of_id: str | None = None) -> Any:
    """The same with ids of rows that exist in it."""
    if isinstance(values, list):
        return [with_ids(value) for value in values]
    if not isinstance(values, dict):
        return values
    resources = {**RESOURCE_OF, "id": of_id}
    return {
        name: with_ids(value)
        if name == "events"
        else chosen(resources.get(name), value)
        for name, value in values.items()
    }


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> Any:
    return with_ids(path_parameters, resource_of_path(context.operation.path))


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any]) -> Any:
    return with_ids(query, resource_of_path(context.operation.path))


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    return with_ids(body)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Nobody pulls away the ground that the rest of the run stands on.

    The rows that everything else refers to stay, and the victim's are asked for in
    their place; rows that the run has made are deleted. No other operation needs an
    exception: logging out is described as open, so it is called without the session,
    and a change of password needs the old one, which no request knows.
    """
    resource = resource_of_path(case.operation.path)
    ids = case.path_parameters or {}
    ends = case.method == "DELETE" or case.operation.path.endswith("/revoke/")
    if ends and str(ids.get("id")) == str(OWN.get(resource)):
        ids["id"] = FOREIGN.get(resource, 0)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Not a failure: a number taken as the text that it is written as, and the like.

    The framework reads one scalar as another where that loses nothing. What is no
    scalar, out of range or too long stays a failure when it is taken.
    """
    if failure.code != "ST201":
        return True
    if case.media_type == "multipart/form-data" and not isinstance(case.body, dict):
        return False  # what is no form arrives as an empty one
    return not all(map(is_scalar, changed(case)))


def changed(case: Any) -> list[Any]:
    """The values in the body that were given another type; else what is no scalar."""
    data, body = case.meta.phase.data, case.body
    mutations = getattr(data, "mutations", ())
    if mutations and all(m.operator == "change_type" for m in mutations):
        names = [m.parameter for m in mutations]
    else:
        name, _, what = (data.description or "").partition(": ")
        names = [name] if what == "Incorrect type" else []
    known = isinstance(body, dict) and names and all(name in body for name in names)
    return [body[name] for name in names] if known else [None]


def is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


@schemathesis.check
def nothing_of_another_tenant(context: Any, response: Any, case: Any) -> None:
    if VICTIM["marker"] is not None:
        told = repr(response.headers).encode() + response.content
        assert VICTIM["marker"].encode() not in told, "Something of another tenant."
