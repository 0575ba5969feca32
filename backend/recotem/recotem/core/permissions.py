from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from recotem.core.actor import KeyGrant, actor_of
from recotem.core.errors import Forbidden


class IsAllowed(BasePermission):
    """Signed in, and if by a key: one with the scope, where keys are let in.

    A view says `keys_allowed`, `read_scope` and `write_scope`; one that says nothing
    is closed to keys.
    """

    def has_permission(self, request: Request, view: object) -> bool:
        if not request.user.is_authenticated:
            return False
        if isinstance(request.auth, KeyGrant):
            _check_scope(request, view, request.auth)
        return True


class IsStaff(IsAllowed):
    """Staff, in person. Others learn nothing, not even what there is."""

    def has_permission(self, request: Request, view: object) -> bool:
        allowed = super().has_permission(request, view)
        return allowed and actor_of(request).sees_everything


def _check_scope(request: Request, view: object, grant: KeyGrant) -> None:
    if not getattr(view, "keys_allowed", False):
        raise Forbidden("API keys are not accepted here.", code="key_not_accepted")
    kind = "read_scope" if request.method in SAFE_METHODS else "write_scope"
    scope = getattr(view, kind, kind.removesuffix("_scope"))
    if scope not in grant.scopes:
        raise Forbidden(
            f"This API key lacks the scope '{scope}'.", code="scope_missing"
        )
