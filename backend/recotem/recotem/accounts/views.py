"""Signing in and out. None of it may be done with an API key."""

from django.http import HttpResponse
from django.middleware.csrf import get_token, rotate_token
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recotem.accounts import cookies, services
from recotem.accounts.authentication import check_csrf
from recotem.accounts.serializers import (
    DetailSerializer,
    LoginResponseSerializer,
    LoginSerializer,
    PasswordChangeSerializer,
    RefreshSerializer,
    TokenPairSerializer,
    UserSerializer,
    VerifySerializer,
)
from recotem.accounts.throttling import LoginAddressThrottle, LoginNameThrottle
from recotem.core.actor import actor_of


class OpenView(APIView):
    """A view for everybody, which asks nobody who they are."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


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
    @extend_schema(request=RefreshSerializer, responses={200: TokenPairSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Exchange a refresh token, of the body or the cookie, for the next pair."""
        given = RefreshSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        text = given.validated_data.get("refresh")
        if not text:
            text = request.COOKIES.get(cookies.REFRESH, "")
            check_csrf(request)
        tokens = services.refresh(text)
        get_token(request)
        response = Response(tokens._asdict())
        cookies.give(response, tokens)
        return response


class VerifyView(OpenView):
    @extend_schema(request=VerifySerializer, responses={200: DetailSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Whether a token, access or refresh, would be accepted now."""
        given = VerifySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.verify(given.validated_data["token"])
        return Response({"detail": "The token is valid."})


class LogoutView(OpenView):
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
