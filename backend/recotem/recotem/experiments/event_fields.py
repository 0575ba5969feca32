"""One event of a request, read by hand: a batch holds a thousand of them, and the
whole batch is to cost milliseconds. What is allowed is what the serializers describe.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from recotem.experiments.models import ConversionEvent

ID_LENGTH = 256
LARGEST_KEY = 2**63 - 1
METADATA_CHARACTERS = 4096
METADATA_DEPTH = 16

type Values = dict[str, Any]
type Errors = dict[str, list[str]]

_TYPES = frozenset(ConversionEvent.EventType.values)
#: An escaped NUL, and not the end of an escaped backslash.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def read_event(sent: object) -> tuple[Values, Errors]:
    """The fields of an event that are right, and what is wrong with the others.

    `project` and `deployment_slot` are numbers here that may not exist.
    """
    if not isinstance(sent, dict):
        return {}, {"non_field_errors": ["An event must be an object."]}
    values: Values = {}
    errors: Errors = {}
    for name, read in _READERS.items():
        try:
            values[name] = read(sent[name])
        except KeyError:
            if name in _REQUIRED:
                errors[name] = ["This field is required."]
        except ValueError as error:
            errors[name] = [str(error)]
    return values, errors


def _key(sent: object) -> int:
    # True is a number to Python
    if type(sent) is not int:
        raise ValueError("must be the number of a row")
    if not 0 < sent <= LARGEST_KEY:
        raise ValueError("not found")
    return sent


def _text(sent: object) -> str:
    if not isinstance(sent, str):
        raise ValueError("must be a text")
    if len(sent) > ID_LENGTH:
        raise ValueError(f"must have at most {ID_LENGTH} characters")
    if "\0" in sent:
        raise ValueError("must not hold null characters")
    return sent


def _user_id(sent: object) -> str:
    text = _text(sent)
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _event_type(sent: object) -> str:
    if not isinstance(sent, str) or sent not in _TYPES:
        raise ValueError(f"must be one of {', '.join(sorted(_TYPES))}")
    return sent


def _request_id(sent: object) -> UUID | None:
    if sent is None:
        return None
    try:
        return UUID(sent if isinstance(sent, str) else "")
    except ValueError as error:
        raise ValueError("must be a UUID or null") from error


def _metadata(sent: object) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise ValueError("must be an object")
    if sent:
        check_metadata(sent)
    return sent


def check_metadata(sent: dict[str, Any]) -> None:
    if _is_deeper(sent, METADATA_DEPTH):
        raise ValueError(f"must be nested at most {METADATA_DEPTH} levels deep")
    try:
        text = json.dumps(sent, allow_nan=False)
    except ValueError as error:
        raise ValueError("must hold no number that is out of range") from error
    if len(text) > METADATA_CHARACTERS:
        raise ValueError(f"must have at most {METADATA_CHARACTERS} characters of JSON")
    if _NUL.search(text):
        raise ValueError("must not hold null characters")


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inside)


_REQUIRED = frozenset({"project", "deployment_slot", "user_id", "event_type"})
_READERS: dict[str, Callable[[object], object]] = {
    "project": _key,
    "deployment_slot": _key,
    "user_id": _user_id,
    "item_id": _text,
    "event_type": _event_type,
    "recommendation_request_id": _request_id,
    "metadata_json": _metadata,
}
