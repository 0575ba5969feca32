from recotem.core.errors import Conflict


class KeyRevoked(Conflict):
    code = "key_revoked"
    message = "This key was revoked and cannot be changed."
