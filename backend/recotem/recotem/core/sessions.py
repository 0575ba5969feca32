"""Sessions in the way of Django, for `/admin/` alone: the API knows nothing of them."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

ADMIN = "/admin/"


class OnlyForAdmin(MiddlewareMixin):
    """Every other path passes by."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(ADMIN):
            return super().__call__(request)
        return self.get_response(request)


class AdminSessions(OnlyForAdmin, SessionMiddleware):
    pass


class AdminAuthentication(OnlyForAdmin, AuthenticationMiddleware):
    pass


class AdminMessages(OnlyForAdmin, MessageMiddleware):
    pass
