"""The quick way to read a batch and the one that says what is wrong allow the same."""

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recotem.experiments.event_fields import read_event
from recotem.experiments.sent_events import read_batch

TEXTS = st.text(max_size=5) | st.sampled_from(["", " ", "\0", "u" * 256, "u" * 257])
ODD = st.sampled_from([None, True, 1.0, "1", [], {}, 0, -1, 2**63, 10**30])
FIELDS = {
    "project": st.integers(1, 3) | ODD,
    "deployment_slot": st.sampled_from([2**63 - 1, 1]) | ODD,
    "user_id": TEXTS | ODD,
    "item_id": TEXTS | ODD,
    "event_type": st.sampled_from(["impression", "click", "purchase", "sale"]) | ODD,
    "recommendation_request_id": st.uuids().map(str) | st.sampled_from(["x", ""]) | ODD,
    "metadata_json": st.dictionaries(TEXTS, TEXTS | ODD, max_size=3) | ODD,
    "unknown": ODD,
}
EVENTS = st.fixed_dictionaries({}, optional=FIELDS)
RIGHT: dict[str, Any] = {
    "project": 1,
    "deployment_slot": 1,
    "user_id": "u",
    "event_type": "click",
}


@settings(deadline=None, max_examples=300)
@given(EVENTS, st.booleans())
def test_what_the_quick_way_takes_is_right_and_the_same(sent, complete):
    sent = {**RIGHT, **sent} if complete else sent
    batch = read_batch(json.dumps({"events": [sent]}).encode())
    values, errors = read_event(sent)
    if batch is None:
        return
    assert errors == {}
    read = msgspec.to_builtins(batch.events[0])
    request = read["recommendation_request_id"]
    read["recommendation_request_id"] = request and UUID(request)
    assert {name: read[name] for name in values} == values
    assert set(read) - set(values) <= {
        "item_id",
        "recommendation_request_id",
        "metadata_json",
    }


@pytest.mark.parametrize(
    "more",
    [
        {"item_id": "ü 🛒", "metadata_json": {"a": [2**70, 0.5]}},
        {"recommendation_request_id": "0b0c0d0e-0000-4000-8000-00000000000f"},
        {"recommendation_request_id": None, "user_id": "u" * 256},
    ],
    ids=["metadata", "request", "long"],
)
def test_what_is_usual_goes_the_quick_way(more):
    batch = read_batch(json.dumps({"events": [{**RIGHT, **more}] * 3}).encode())
    assert batch is not None
    assert len(batch.events) == 3


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"events": 1}', b'{"events": ["\xff"]}', b"[" * 10**5]
)
def test_what_is_no_batch_does_not(body):
    assert read_batch(body) is None
