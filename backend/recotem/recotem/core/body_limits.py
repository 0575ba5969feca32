"""Bodies that are too large are refused before they are read."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

type AsgiApp = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

#: What a form takes beside its file.
_FORM_BYTES = 1024**2


def refusing_large_bodies(app: AsgiApp) -> AsgiApp:
    """The ASGI application, which then gets no more of a body than is allowed.

    A body that says its length is refused at once; of any other the rest is.
    """

    async def refusing(scope: dict[str, Any], receive: Any, send: Any) -> None:
        limit = settings.RECOTEM_MAX_UPLOAD_BYTES + _FORM_BYTES
        if scope["type"] == "http" and _declared(scope) > limit:
            await _refuse(send, limit)
            return
        bounded = _Bounded(receive, send, limit)
        await app(scope, bounded.receive, bounded.send)

    return refusing


class _Bounded:
    """The two ends of a request whose body is counted while it comes."""

    def __init__(self, receive: Any, send: Any, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._size = 0
        self._answered = False

    async def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._receive()
        self._size += len(message.get("body") or b"")
        if self._size <= self._limit:
            return message
        if not self._answered:
            self._answered = True
            await _refuse(self._send, self._limit)
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if self._size <= self._limit:
            self._answered = True
            await self._send(message)


def _declared(scope: dict[str, Any]) -> int:
    """The Content-Length; 0 if there is none, or none that is a number."""
    value = dict(scope["headers"]).get(b"content-length", b"")
    return int(value) if value.isdigit() and len(value) < 20 else 0


async def _refuse(send: Any, limit: int) -> None:
    sentence = f"The request is larger than {limit:,} bytes."
    body = json.dumps({"detail": sentence, "code": "too_large"}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
