"""When a request began to arrive: its body may take longer than a token lives."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

type AsgiApp = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_BEGAN = "recotem.began"


def noting_arrivals(app: AsgiApp) -> AsgiApp:
    """The ASGI application, which then knows when each of its requests began."""

    async def noting(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await app({**scope, _BEGAN: time.monotonic()}, receive, send)

    return noting


def seconds_since_arrival(request: object) -> float:
    """How long ago the first bytes of a request came; 0 where nobody noted it."""
    now = time.monotonic()
    began: float = getattr(request, "scope", {}).get(_BEGAN, now)
    return now - began
