from hashlib import sha256

from rest_framework.request import Request

from recotem.accounts.selectors import account_named
from recotem.core.throttling import RateThrottle


class LoginAddressThrottle(RateThrottle):
    """Attempts to sign in, by address."""

    scope = "login"

    def get_cache_key(self, request: Request, view: object) -> str:
        return self.count_of(f"address-{self.get_ident(request)}")


class LoginNameThrottle(RateThrottle):
    """Attempts to sign in to one account, under whichever of its names."""

    scope = "login"

    def get_cache_key(self, request: Request, view: object) -> str | None:
        name = _name_in(request.data)
        if not name:
            return None
        account = account_named(name)
        text = name.casefold().encode()
        return self.count_of(account.pk if account else sha256(text).hexdigest())


def _name_in(data: object) -> str:
    if not isinstance(data, dict):
        return ""
    name = data.get("username") or data.get("email")
    # A number is read as its digits where the request is.
    text = str(name).strip() if isinstance(name, (str, int, float)) else ""
    return "" if "\0" in text else text
