"""`recotem up` as a person meets it: one command, one address, one folder."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from recotem_embedded.testing import (
    PASSWORD,
    EmbeddedRecotem,
    is_alive,
    processes_below,
    wait_for,
)

pytestmark = pytest.mark.xdist_group("up")
NOT_SIGNED_IN, NO_ACCESS, NOT_FOUND = 4401, 4403, 4404
PARTS = ("recotem_embedded.web", "process worker", "process beat")


def sign_in(client: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    body = {"username": "admin", "password": password}
    return client.post("/api/v1/auth/login/", json=body)


@pytest.fixture
def browser(recotem: EmbeddedRecotem) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=recotem.url, timeout=60, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/api/v1/ping/", "/inference/health", "/"])
def test_one_address_answers_for_all(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(
    ("signed_in", "origin", "code"),
    [
        (False, "", NOT_SIGNED_IN),
        (True, "https://evil.example", NO_ACCESS),
        (True, "", NOT_FOUND),
    ],
)
def test_the_code_of_a_refusal_reaches_who_opens_a_socket(
    recotem: EmbeddedRecotem,
    browser: httpx.Client,
    *,
    signed_in: bool,
    origin: str,
    code: int,
) -> None:
    token = sign_in(browser).json()["access"] if signed_in else ""
    url = recotem.url.replace("http", "ws") + f"/ws/job/1/?token={token}"
    with (
        connect(url, origin=Origin(origin or recotem.url), proxy=None) as socket,
        pytest.raises(ConnectionClosed) as closed,
    ):
        socket.recv(timeout=60)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_a_browser_signs_in_and_writes(browser: httpx.Client) -> None:
    assert sign_in(browser).status_code == 200
    token = browser.cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Origin": str(browser.base_url).rstrip("/")}
    body = {"name": "By cookie", "user_column": "u", "item_column": "i"}
    created = browser.post("/api/v1/project/", json=body, headers=headers)
    assert created.status_code == 201, created.text


def test_a_killed_worker_is_replaced(recotem: EmbeddedRecotem) -> None:
    worker = wait_for("a worker", lambda: recotem.child("process worker"))
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)

    def replaced() -> bool:
        now = recotem.child("process worker")
        return now is not None and now.pid != worker.pid

    wait_for("a new worker", replaced)
    assert "The worker process ended (killed by SIGKILL)" in recotem.said()


@pytest.fixture
def own(tmp_path: Path, environment: dict[str, str]) -> EmbeddedRecotem:
    """Not started yet, and nobody chose a password for it."""
    chosen = {**environment, "DEFAULT_ADMIN_PASSWORD": ""}
    return EmbeddedRecotem(tmp_path / "home", chosen)


def told_password(own: EmbeddedRecotem) -> str:
    (line,) = [line for line in own.said().splitlines() if "password" in line]
    return line.split()[-1]


def projects(own: EmbeddedRecotem, password: str, *, new: str = "") -> list[str]:
    with httpx.Client(base_url=own.url, timeout=60, trust_env=False) as client:
        token = sign_in(client, password).json()["access"]
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {token}"
        if new:
            body = {"name": new, "user_column": "u", "item_column": "i"}
            assert client.post("/api/v1/project/", json=body).status_code == 201
        listed = client.get("/api/v1/project/").json()["results"]
        return [project["name"] for project in listed]


def test_one_start_after_another(own: EmbeddedRecotem) -> None:
    """The first tells the password; a signal ends all; the second finds everything."""
    with own:
        password = told_password(own)
        assert projects(own, password, new="Kept") == ["Kept"]
        below = [process.pid for process in processes_below(own.process.pid)]
        assert len(below) >= len(PARTS)
        own.process.send_signal(signal.SIGINT)
        assert own.process.wait(60) == 0
        assert not [pid for pid in below if is_alive(pid)]
    with own:
        assert own.said().startswith("Everything is kept in")
        assert projects(own, password) == ["Kept"]
        below = [process.pid for process in processes_below(own.process.pid)]
        own.process.kill()
        wait_for("the end of all", lambda: not any(map(is_alive, below)))
