"""Visitors ask, look and act; what does not answer is asked again."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest

from recotem_embedded.demo.simulate import Simulator
from recotem_shop import generate

SHOP = generate(seed=1, opened=datetime(2026, 1, 1, tzinfo=UTC), n_users=40, n_items=40)
OLD = [item.id for item in SHOP.items if item.released < 0][:8]


class Server:
    """Answers like inference and the management API, or as it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self.prediction = 200
        self.batch = 201

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        assert request.headers["X-API-Key"] == "rctm_x"
        if request.url.path == "/inference/predict/project/7":
            assert body["user_id"] in SHOP.user_ids
            return self._prediction()
        assert request.url.path == "/api/v1/conversion_event/batch/"
        if self.batch == 201:
            self.batches.append(body["events"])
        return httpx.Response(self.batch, json={})

    def _prediction(self) -> httpx.Response:
        if self.prediction != 200:
            return httpx.Response(self.prediction, json={"code": "unknown_user"})
        items = [{"item_id": item, "score": 1.0} for item in OLD]
        request = str(uuid4())
        content = {"items": items, "slot_id": 3, "request_id": request}
        return httpx.Response(200, json=content)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def simulator(server: Server) -> Simulator:
    client = httpx.Client(
        base_url="http://shop.example",
        headers={"X-API-Key": "rctm_x"},
        transport=httpx.MockTransport(server),
    )
    return Simulator(SHOP, client, 7, np.random.default_rng(1))


def test_what_people_do_belongs_to_what_they_were_shown(
    server: Server, simulator: Simulator
) -> None:
    for _ in range(300):
        simulator.visit()
    simulator.send()
    sent = [event for batch in server.batches for event in batch]
    kinds = [event["event_type"] for event in sent]
    assert kinds.count("impression") == 300 * len(OLD)
    assert 0 < kinds.count("purchase") < kinds.count("click") < 300
    shown = {
        (event["recommendation_request_id"], event["user_id"], event["item_id"])
        for event in sent
        if event["event_type"] == "impression"
    }
    for event in sent:
        whose = (event["recommendation_request_id"], event["user_id"], event["item_id"])
        assert whose in shown
        assert (event["project"], event["deployment_slot"]) == (7, 3)
    assert max(map(len, server.batches)) <= 1000


def test_nothing_is_shown_to_whom_the_model_does_not_know(
    server: Server, simulator: Simulator
) -> None:
    server.prediction = 404
    simulator.visit()
    assert simulator.waiting == []


@pytest.mark.parametrize("status", [429, 503])
def test_events_wait_for_a_server_that_does_not_take_them(
    server: Server, simulator: Simulator, status: int
) -> None:
    simulator.visit()
    waiting = list(simulator.waiting)
    server.batch = status
    with pytest.raises(httpx.HTTPStatusError):
        simulator.send()
    assert simulator.waiting == waiting
    server.batch = 201
    simulator.send()
    assert server.batches == [waiting]
    assert simulator.waiting == []


def test_events_that_are_refused_are_given_up(
    server: Server, simulator: Simulator
) -> None:
    simulator.visit()
    server.batch = 400
    simulator.send()
    assert simulator.waiting == []
