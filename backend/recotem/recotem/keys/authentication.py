from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from recotem.accounts.models import User
from recotem.core.actor import KeyGrant
from recotem.core.throttling import RateThrottle
from recotem.keys.services import key_behind


class SlowCheckThrottle(RateThrottle):
    """How many keys with a slow hash an address may have checked."""

    scope = "slow_key"

    def get_cache_key(self, request: Request, view: object) -> str:
        return self.count_of(self.get_ident(request))


class ApiKeyAuthentication(BaseAuthentication):
    """The header `X-API-Key`; it goes before every other way to say who one is."""

    def authenticate(self, request: Request) -> tuple[User, KeyGrant] | None:
        text = request.headers.get("X-API-Key")
        if text is None:
            return None
        key = key_behind(text, before_slow_check=lambda: _spare(request))
        if key is None:
            raise AuthenticationFailed(
                "The API key is invalid, revoked or expired.", code="key_not_valid"
            )
        grant = KeyGrant(key.pk, key.project_id, frozenset(key.scopes))
        return key.created_by, grant

    def authenticate_header(self, request: Request) -> str:
        return "X-API-Key"


def _spare(request: Request) -> None:
    throttle = SlowCheckThrottle()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]
        raise Throttled(throttle.wait())
