from recotem.core.errors import Conflict, DomainError


class WrongCredentials(DomainError):
    """The same for a wrong password, an unknown and a deactivated account."""

    status = 401
    code = "wrong_credentials"
    message = "There is no active account with this name and password."


class TokenRefused(DomainError):
    """Expired, forged, or of a session that has ended."""

    status = 401
    code = "token_not_valid"
    message = "The token is invalid or expired."


class OwnAccount(Conflict):
    code = "own_account"
    message = "You cannot do this to your own account."


class LastInCharge(Conflict):
    code = "last_in_charge"
    message = "Nobody else would be left in charge."
