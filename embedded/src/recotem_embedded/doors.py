"""One address for three applications, chosen by the path."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

INFERENCE = "/inference"
MANAGEMENT = ("/api", "/admin", "/static")


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


@dataclass(frozen=True)
class Doors:
    """Django for its paths and all sockets, inference below its own, else the SPA.

    Only inference has something to start and stop, so the lifespan is its alone.
    """

    management: ASGIApp
    inference: ASGIApp
    frontend: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.inference(scope, receive, send)
        elif scope["type"] == "http" and _below(scope["path"], INFERENCE):
            root = scope.get("root_path", "") + INFERENCE
            await self.inference({**scope, "root_path": root}, receive, send)
        elif scope["type"] == "websocket" or any(
            _below(scope["path"], prefix) for prefix in MANAGEMENT
        ):
            await self.management(scope, receive, send)
        else:
            await self.frontend(scope, receive, send)
