"""Which application answers which path, and how the web app's files are served."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from recotem_embedded.doors import Doors
from recotem_embedded.frontend import Frontend


def named(name: str) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        text = f"{name} {scope.get('root_path', '')}"
        await PlainTextResponse(text)(scope, receive, send)

    return application


@pytest_asyncio.fixture
async def client(built_frontend: Path) -> AsyncIterator[httpx.AsyncClient]:
    doors = Doors(
        management=named("management"),
        inference=named("inference"),
        frontend=Frontend(directory=built_frontend),
    )
    transport = httpx.ASGITransport(app=doors)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://recotem"
    ) as client:
        yield client


pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("path", ["/assets/gone.js", "/gone.png", "/%00.js"])
async def test_a_missing_file_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_nothing_outside_the_build_is_served(client: httpx.AsyncClient) -> None:
    answer = await client.get("/%2e%2e/%2e%2e/etc/passwd")
    assert "root:" not in answer.text


async def test_the_web_app_takes_no_writes(client: httpx.AsyncClient) -> None:
    assert (await client.post("/projects")).status_code == 405


@pytest.mark.parametrize(
    ("path", "application"),
    [
        ("/api/v1/ping/", "management"),
        ("/api", "management"),
        ("/admin", "management"),
        ("/admin/login/", "management"),
        ("/static/x.css", "management"),
        ("/inference/health", "inference /inference"),
        ("/inference", "inference /inference"),
    ],
)
async def test_each_path_has_its_door(
    client: httpx.AsyncClient, path: str, application: str
) -> None:
    assert (await client.get(path)).text.strip() == application


@pytest.mark.parametrize(
    "path", ["/", "/projects/3/tuning/17", "/apiary", "/administration", "/v1.0"]
)
async def test_the_web_apps_own_paths_get_its_first_page(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "<title>Recotem</title>" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Frame-Options"] == "DENY"


async def test_hashed_assets_are_kept_for_long(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/index-abc123.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]
