"""The built web app: hashed assets for long, everything else is its first page."""

import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from .errors import StartError

FRONTEND_NAME = "RECOTEM_FRONTEND_DIST"
_CHECKOUT = Path(__file__).parents[3]
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def built_frontend() -> Path:
    """Where the built web app is. Raises StartError if it was not built."""
    named = os.environ.get(FRONTEND_NAME, "").strip()
    folder = Path(named) if named else _CHECKOUT / "frontend" / "dist"
    if (folder / "index.html").is_file():
        return folder.absolute()
    raise StartError(
        f"The web app is not built (no index.html in {folder}). `make up` builds it; "
        "by hand: `npm ci && npm run build` in frontend/."
    )


class Frontend(StaticFiles):
    """Serves the files of the build, and its first page for the SPA's own paths."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except HTTPException as error:
            refusal = PlainTextResponse(error.detail, error.status_code, error.headers)
            await refusal(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        path = "index.html" if path == "." else path
        response = await self._file_or_first_page(path, scope)
        hashed = path.startswith("assets/") and response.status_code == 200
        response.headers["Cache-Control"] = _FOREVER if hashed else _ASK_AGAIN
        response.headers.update(_HEADERS)
        return response

    async def _file_or_first_page(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not _is_page(path, scope):
                raise
            return await super().get_response("index.html", scope)


def _is_page(path: str, scope: Scope) -> bool:
    """Whether the SPA's router knows what this is, rather than a missing file."""
    if path.startswith("assets/"):
        return False
    browsing = "text/html" in Headers(scope=scope).get("accept", "")
    return browsing or not Path(path).suffix
