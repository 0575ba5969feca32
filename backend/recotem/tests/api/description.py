"""The description of the API, and whether an answer is as it says."""

import json
import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator


@cache
def description() -> dict[str, Any]:
    generated = SchemaGenerator().get_schema(request=None, public=True)
    described: dict[str, Any] = json.loads(json.dumps(generated))
    return described


def operation_of(method: str, path: str) -> dict[str, Any]:
    """What is said of a request to this path, ids filled in."""
    for template, item in description()["paths"].items():
        pattern = re.sub(r"\{\w+\}", r"[^/]+", template)
        if method in item and re.fullmatch(pattern, path):
            found: dict[str, Any] = item[method]
            return found
    raise LookupError(f"{method} {path} is not described.")


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """What in a value is not as its schema says; a field that nobody names is one."""
    components = strict(description()["components"])
    validator = Draft202012Validator({**strict(schema), "components": components})
    return [
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        for error in validator.iter_errors(value)
    ]


def faults_of(answer: Any, method: str, path: str) -> list[str]:
    """What in an answer is not as described, its status included."""
    answers = operation_of(method, path)["responses"]
    described = answers.get(str(answer.status_code))
    if described is None:
        return [f"{answer.status_code} is not among {sorted(answers)}"]
    if "content" not in described:
        return ["a body"] if answer.content else []
    kind = answer.headers["Content-Type"].partition(";")[0]
    if kind not in described["content"]:
        return [f"{kind} is not among {list(described['content'])}"]
    return faults(answer.json(), described["content"][kind]["schema"])


def strict(schema: Any) -> Any:
    """The same in the words of JSON Schema, with no room for unnamed fields."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    known = {name: strict(part) for name, part in schema.items()}
    if "properties" in known and known.get("type") == "object":
        known.setdefault("additionalProperties", False)
    if known.pop("nullable", None) is True:
        return {"anyOf": [known, {"type": "null"}]}
    return known
