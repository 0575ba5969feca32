"""A body without a length is refused as soon as it is too large."""

import asyncio
from typing import Any

import pytest

from recotem.core.body_limits import refusing_large_bodies

LIMIT = 3 * 1024**2


async def answer(n_pieces: int, headers: list[tuple[bytes, bytes]]) -> list[Any]:
    """What the client is sent, and how much of its body the application was given."""
    sent: list[Any] = []
    given = 0

    async def application(_: Any, receive: Any, send: Any) -> None:
        nonlocal given
        while (message := await receive())["type"] == "http.request":
            given += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 201, "headers": []})

    left = list(range(n_pieces))

    async def receive() -> dict[str, Any]:
        left.pop()
        body = b"x" * 1024**2
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": headers}
    await refusing_large_bodies(application)(scope, receive, send)
    return [sent[0]["status"], given]


@pytest.mark.parametrize(
    ("n_pieces", "headers", "expected"),
    [
        (3, [], [201, LIMIT]),
        (100, [], [413, LIMIT]),
        (3, [(b"content-length", str(LIMIT).encode())], [201, LIMIT]),
        (3, [(b"content-length", str(LIMIT + 1).encode())], [413, 0]),
        (100, [(b"content-length", b"-1")], [413, LIMIT]),
        (100, [(b"content-length", b"\xb2")], [413, LIMIT]),
    ],
    ids=["small", "large", "says small", "says large", "negative", "no number"],
)
def test_no_more_than_is_allowed_is_read(n_pieces, headers, expected, settings):
    settings.RECOTEM_MAX_UPLOAD_BYTES = LIMIT - 1024**2
    assert asyncio.run(answer(n_pieces, headers)) == expected
