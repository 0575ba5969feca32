"""The ASGI application, on its own (`uvicorn inference.main:app`) or mounted."""

from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from inference import logging
from inference.config import Settings
from inference.errors import InferenceError, InvalidBody
from inference.hot_path import HotPath
from inference.routes import health, models, predict
from inference.service import Service


class Application:
    """The service as one ASGI callable.

    A server starts it by ASGI's lifespan messages. A parent that mounts it (setting
    `root_path`) runs it inside `async with application.running():` instead.
    """

    def __init__(self, settings: Settings) -> None:
        self._service = Service(settings)
        self.fastapi = _fastapi(self._service)
        self._hot_path = HotPath(self.fastapi, self._service)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Loads, watches and listens until left; once per application."""
        return self._service.running()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._hot_path(scope, receive, send)


def create_app(settings: Settings) -> Application:
    """Raises ValueError or the engine's ConfigError for settings that cannot work."""
    return Application(settings)


def _fastapi(service: Service) -> FastAPI:
    application = FastAPI(
        title="Recotem inference",
        version="1",
        description="Recommendations from trained models.",
        lifespan=lambda _: service.running(),
        exception_handlers={
            InferenceError: _refuse,
            RequestValidationError: _refuse_body,
            HTTPException: _refuse_request,
        },
    )
    application.state.service = service
    for part in (predict, models, health):
        application.include_router(part.router)
    return application


async def _refuse(_: Request, error: Exception) -> JSONResponse:
    known = error if isinstance(error, InferenceError) else InferenceError()
    return JSONResponse(known.body, known.status, known.headers)


async def _refuse_body(request: Request, _: Exception) -> JSONResponse:
    return await _refuse(request, InvalidBody())


async def _refuse_request(_: Request, error: Exception) -> JSONResponse:
    """What the framework refuses by itself: unknown paths and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, sentence = _FRAMEWORK.get(status, ("refused", "The request was refused."))
    return JSONResponse({"detail": sentence, "code": code}, status)


_FRAMEWORK = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
}


def __getattr__(name: str) -> Application:
    """`app`, made from the environment when a server asks for it, not on import."""
    if name != "app":
        raise AttributeError(name)
    settings = Settings.from_environment()
    logging.configure(settings.log_level)
    return create_app(settings)
