import asyncio
from types import SimpleNamespace
from typing import Any

from recotem.core.arrivals import noting_arrivals, seconds_since_arrival


def test_a_request_knows_how_long_ago_it_began():
    scopes: list[dict[str, Any]] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scopes.append(scope)

    asyncio.run(noting_arrivals(app)({"path": "/"}, None, None))
    assert scopes[0]["path"] == "/"
    assert 0 <= seconds_since_arrival(SimpleNamespace(scope=scopes[0])) < 3600
    assert seconds_since_arrival(SimpleNamespace(scope={})) == 0
