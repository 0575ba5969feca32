"""Signing in and out, and accounts. None of it may be done with an API key."""

from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token, rotate_token
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from recotem.accounts import administration, cookies, services
from recotem.accounts.authentication import check_csrf
from recotem.accounts.selectors import accounts_for
from recotem.accounts.serializers import (
    AccountSerializer,
    DetailSerializer,
    LoginResponseSerializer,
    LoginSerializer,
    NewAccountSerializer,
    PasswordChangeSerializer,
    PasswordResetSerializer,
    RefreshSerializer,
    TokenPairSerializer,
    UserSerializer,
    VerifySerializer,
)
from recotem.accounts.throttling import LoginAddressThrottle, LoginNameThrottle
from recotem.core.actor import actor_of
from recotem.core.permissions import IsAllowed, IsStaff
from recotem.core.views import OwnedResourceMixin


class OpenView(APIView):
    """A view for everybody, which asks nobody who they are."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    refusals_when_open: tuple[int, ...] = (401,)


class LoginView(OpenView):
    throttle_classes = (LoginAddressThrottle, LoginNameThrottle)

    @extend_schema(request=LoginSerializer, responses={200: LoginResponseSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Sign in by user name or email address."""
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        name = given.validated_data.get("username") or given.validated_data["email"]
        user, tokens = services.sign_in(
            name=name, password=given.validated_data["password"]
        )
        rotate_token(request)
        body = {**tokens._asdict(), "user": user}
        response = Response(LoginResponseSerializer(body).data)
        cookies.give(response, tokens)
        return response


class RefreshView(OpenView):
    refusals_when_open = (401, 403)

    @extend_schema(request=RefreshSerializer, responses={200: TokenPairSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Exchange a refresh token, of the body or the cookie, for the next pair."""
        given = RefreshSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        text = given.validated_data.get("refresh")
        if not text:
            text = _refresh_cookie(request)
        tokens = services.refresh(text)
        get_token(request)
        response = Response(tokens._asdict())
        cookies.give(response, tokens)
        return response


def _refresh_cookie(request: Request) -> str:
    """Empty without one: who has nothing to lose needs no CSRF token either."""
    text = request.COOKIES.get(cookies.REFRESH, "")
    if text:
        check_csrf(request)
    return text


class VerifyView(OpenView):
    @extend_schema(request=VerifySerializer, responses={200: DetailSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Whether a token, access or refresh, would be accepted now."""
        given = VerifySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.verify(given.validated_data["token"])
        return Response({"detail": "The token is valid."})


class LogoutView(OpenView):
    refusals_when_open = (403,)

    @extend_schema(request=RefreshSerializer, responses={200: DetailSerializer})
    def post(self, request: Request) -> HttpResponse:
        """End the session of every token that comes along, and drop the cookies."""
        given = RefreshSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        carried = [request.COOKIES.get(name) for name in cookies.NAMES]
        if any(carried):
            check_csrf(request)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        services.sign_out(given.validated_data.get("refresh"), bearer, *carried)
        response = Response({"detail": "Signed out."})
        cookies.take(response)
        return response


class UserView(APIView):
    @extend_schema(responses={200: UserSerializer})
    def get(self, request: Request) -> HttpResponse:
        """Who is signed in. Also hands out the CSRF cookie."""
        get_token(request)
        return Response(UserSerializer(request.user).data)


class PasswordChangeView(APIView):
    @extend_schema(
        request=PasswordChangeSerializer, responses={200: TokenPairSerializer}
    )
    def post(self, request: Request) -> HttpResponse:
        """Set a new password; every session ends and this one goes on as a new one."""
        return _change_password(request)


def _change_password(request: Request) -> Response:
    given = PasswordChangeSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    tokens = services.change_password(
        actor=actor_of(request),
        old=given.validated_data["old_password"],
        new=given.validated_data["new_password"],
    )
    response = Response(tokens._asdict())
    cookies.give(response, tokens)
    return response


class AccountViewSet(
    OwnedResourceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    GenericViewSet,
):
    """Accounts, for staff. They are never deleted, only deactivated."""

    selector = accounts_for
    permission_classes = (IsStaff,)
    serializer_class = AccountSerializer
    filterset_fields = ("id", "username", "email", "is_active", "is_staff")
    http_method_names = ["get", "head", "post", "patch"]
    keys_allowed = False

    @extend_schema(request=NewAccountSerializer, responses={201: AccountSerializer})
    def create(self, request: Request) -> Response:
        """Make an account with its first password. Only superusers give powers."""
        given = NewAccountSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = administration.create_account(actor=self.actor, **given.validated_data)
        return Response(self.get_serializer(user).data, status.HTTP_201_CREATED)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = administration.update_account(
            actor=self.actor, user=serializer.instance, **serializer.validated_data
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Let somebody sign in again."""
        user = administration.activate_account(actor=self.actor, user=self.get_object())
        return Response(self.get_serializer(user).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: str) -> Response:
        """End every session and refuse every key of somebody, from now on."""
        user = self.get_object()
        user = administration.deactivate_account(actor=self.actor, user=user)
        return Response(self.get_serializer(user).data)

    @extend_schema(request=PasswordResetSerializer, responses={200: AccountSerializer})
    @action(detail=True, methods=["post"])
    def reset_password(self, request: Request, pk: str) -> Response:
        """Set somebody else's password; the sessions end."""
        user = self.get_object()
        given = PasswordResetSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = administration.reset_password(
            actor=self.actor, user=user, new=given.validated_data["new_password"]
        )
        return Response(self.get_serializer(user).data)

    @extend_schema(
        request=PasswordChangeSerializer, responses={200: TokenPairSerializer}
    )
    @action(detail=False, methods=["post"], permission_classes=(IsAllowed,))
    def change_password(self, request: Request) -> Response:
        """Everybody's own: the same as `auth/password/change/`."""
        return _change_password(request)
