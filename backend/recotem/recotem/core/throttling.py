"""How often who may ask. Counted in Django's cache."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from recotem.core.actor import KeyGrant


class RateThrottle(SimpleRateThrottle):
    """A throttle whose rate is found under its scope in THROTTLE_RATES."""

    scope: str

    def get_rate(self) -> str:
        return settings.THROTTLE_RATES[self.scope]

    def count_of(self, ident: object) -> str:
        """Where the requests of this one are counted."""
        return f"throttle-{self.scope}-{ident}"


def caller_of(request: Request) -> str | None:
    """The key or the person behind a request, None for nobody."""
    if isinstance(request.auth, KeyGrant):
        return f"key-{request.auth.key_id}"
    if request.user and request.user.is_authenticated:
        return f"user-{request.user.pk}"
    return None


class AnonymousThrottle(RateThrottle):
    """Requests without a sign-in, by address."""

    scope = "anon"

    def get_cache_key(self, request: Request, view: object) -> str | None:
        if caller_of(request):
            return None
        return self.count_of(self.get_ident(request))


class CallerThrottle(RateThrottle):
    """Requests by person or by key."""

    scope = "user"

    def get_cache_key(self, request: Request, view: object) -> str | None:
        caller = caller_of(request)
        return self.count_of(caller) if caller else None


class RecommendationThrottle(CallerThrottle):
    """Previews of recommendations, each of which costs a ranking."""

    scope = "recommendation"
