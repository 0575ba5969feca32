"""What Django answers itself, in the one shape of the API."""

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from recotem.core.errors import DomainError, Forbidden, NotFound
from recotem.core.exception_handler import body_of


class _Redirect(HttpResponsePermanentRedirect):
    """Method and body are sent again, unlike after a 301."""

    status_code = 308


@csrf_exempt
def unknown_route(request: HttpRequest, path: str) -> HttpResponse:
    """308 for a route that only lacks its slash, 404 for the rest."""
    if not path.endswith("/") and _exists(f"{request.path_info}/"):
        return _Redirect(request.get_full_path(force_append_slash=True))
    return not_found(request)


def _exists(path: str) -> bool:
    try:
        return resolve(path).func is not unknown_route
    except Resolver404:
        return False


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(DomainError("The request is malformed.", code="parse_error"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(Forbidden())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(Forbidden(f"CSRF check failed: {reason}", code="csrf_failed"))


def server_error(request: HttpRequest) -> HttpResponse:
    refusal = DomainError("The server failed; this was logged.", code="server_error")
    refusal.status = 500
    return _answer(refusal)


def _answer(refusal: DomainError) -> HttpResponse:
    return JsonResponse(body_of(refusal), status=refusal.status)
