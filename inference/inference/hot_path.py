"""The prediction routes as a plain ASGI handler in front of the FastAPI application.

FastAPI documents these routes (`routes/predict.py`) and answers all others.
"""

import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import msgspec
import orjson
import structlog
from msgspec import Meta
from starlette.types import ASGIApp, Receive, Scope, Send

from inference.errors import (
    BatchTooLong,
    BodyTooLarge,
    InferenceError,
    InvalidBody,
    ModelNotFound,
    NotFound,
)
from inference.service import Service

MAX_BATCH = 100
_MAX_BODY = 1 << 20
_LARGEST_ID_DIGITS = 18

log = structlog.get_logger(__name__)

type _Cutoff = Annotated[int, Meta(ge=1, le=1000)]


class One(msgspec.Struct):
    """The body of a request for one user."""

    user_id: str
    cutoff: _Cutoff = 10


class Many(msgspec.Struct):
    """The body of a batch."""

    user_ids: list[str]
    cutoff: _Cutoff = 10


_decode_one = msgspec.json.Decoder(One).decode
_decode_many = msgspec.json.Decoder(Many).decode


class ClientGone(Exception):
    """The client hung up before its body was complete."""


class Question(NamedTuple):
    """A request that was let in: its key's project, the id in its path, its body."""

    project: int
    id: int
    body: bytes


type _Answering = Callable[[Service, Question], Awaitable[object]]


class HotPath:
    """Answers POST /predict/…, leaves the rest to the application behind it."""

    def __init__(self, application: ASGIApp, service: Service) -> None:
        self._application = application
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            path = path_within(scope)
            if path.startswith("/predict/"):
                await self._answer(path, scope, receive, send)
                return
        await self._application(scope, receive, send)

    async def _answer(
        self, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        started = time.perf_counter()
        route, number = route_of(path)
        headers: dict[str, str] = {}
        try:
            status, answer = 200, await self._ask(route, number, scope, receive)
        except ClientGone:
            return
        except InferenceError as error:
            status, answer, headers = error.status, error.body, error.headers
        except Exception:
            log.exception("prediction_failed", route=route)
            status, answer = InferenceError.status, InferenceError().body
        await _send(send, status, orjson.dumps(answer), headers)
        seconds = time.perf_counter() - started
        self._service.metrics.observe(route, status, seconds)

    async def _ask(
        self, route: str, number: int | None, scope: Scope, receive: Receive
    ) -> object:
        answering = _ROUTES.get(route)
        if answering is None:
            raise NotFound
        caller = await self._service.admit(_api_key(scope))
        if number is None:
            raise ModelNotFound
        body = await _read(receive)
        return await answering(self._service, Question(caller.project_id, number, body))


async def _predict(service: Service, question: Question) -> object:
    asked = _decoded(_decode_one, question.body)
    return await service.recommendations.for_user(
        question.project, question.id, asked.user_id, asked.cutoff
    )


async def _predict_batch(service: Service, question: Question) -> object:
    asked = _decoded(_decode_many, question.body)
    if len(asked.user_ids) > MAX_BATCH:
        raise BatchTooLong
    answers = await service.recommendations.for_users(
        question.project, question.id, asked.user_ids, asked.cutoff
    )
    return {"results": answers}


async def _predict_project(service: Service, question: Question) -> object:
    asked = _decoded(_decode_one, question.body)
    return await service.recommendations.for_project(
        question.project, question.id, asked.user_id, asked.cutoff
    )


_ROUTES: dict[str, _Answering] = {
    "/predict/{model_id}": _predict,
    "/predict/{model_id}/batch": _predict_batch,
    "/predict/project/{project_id}": _predict_project,
}


def path_within(scope: Scope) -> str:
    """The path below the place where the application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    is_below = bool(root) and path.startswith(f"{root}/")
    return path[len(root) :] if is_below else path


@lru_cache(4096)
def route_of(path: str) -> tuple[str, int | None]:
    """The route and the id in the path; an id that cannot be one is None."""
    match path.rstrip("/").split("/"):
        case ["", "predict", "project", number]:
            return "/predict/project/{project_id}", _id(number)
        case ["", "predict", number, "batch"]:
            return "/predict/{model_id}/batch", _id(number)
        case ["", "predict", number]:
            return "/predict/{model_id}", _id(number)
    return "unknown", None


def _id(text: str) -> int | None:
    is_id = text.isascii() and text.isdigit() and len(text) <= _LARGEST_ID_DIGITS
    return int(text) if is_id else None


def _api_key(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-api-key":
            return str(value, "latin-1")
    return ""


async def _read(receive: Receive) -> bytes:
    """The body. Raises BodyTooLarge, or ClientGone."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        size += len(part)
        if size > _MAX_BODY:
            raise BodyTooLarge
        parts.append(part)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _decoded[T](decode: Callable[[bytes], T], body: bytes) -> T:
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        raise InvalidBody(f"The body is not a valid request: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidBody("The body is not valid JSON.") from None


async def _send(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    fields: list[tuple[bytes, bytes]] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    fields += [(name.encode(), value.encode()) for name, value in headers.items()]
    start: dict[str, Any] = {"type": "http.response.start", "status": status}
    await send(start | {"headers": fields})
    await send({"type": "http.response.body", "body": body})
