"""Keys that sign model files, so that only our own ones are opened."""

import hmac
from collections.abc import Buffer, Iterable, Mapping
from hashlib import sha256
from typing import Self

from recotem_engine.errors import ConfigError

_DERIVED_ID = "derived"
_CONTEXT = b"recotem model file signing v1"
_MIN_KEY_BYTES = 16


class SigningKeys:
    """Keys by their id: the first one signs, all of them verify.

    Rotate by putting a new key first and dropping the old one once no file needs it.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ConfigError("bad_signing_keys", "There is no key to sign models.")
        self._keys = dict(keys)
        self.signing_id = next(iter(self._keys))

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `id:hex,id:hex,…`, keys of at least 16 bytes; ConfigError otherwise."""
        keys: dict[str, bytes] = {}
        for part in filter(None, map(str.strip, text.split(","))):
            key_id, _, digits = part.partition(":")
            key = _from_hex(digits)
            if not key_id or key_id in keys or len(key) < _MIN_KEY_BYTES:
                raise ConfigError(
                    "bad_signing_keys",
                    "Model signing keys must look like name:hex,name:hex with "
                    "different names and at least 32 hexadecimal digits each.",
                )
            keys[key_id] = key
        return cls(keys)

    @classmethod
    def derive(cls, secret: str) -> Self:
        """One key made from another secret by HKDF-SHA256 (RFC 5869, no salt)."""
        if not secret:
            raise ConfigError("bad_signing_keys", "There is no key to sign models.")
        pseudo_random = hmac.digest(
            bytes(sha256().digest_size), secret.encode(), sha256
        )
        key = hmac.digest(pseudo_random, _CONTEXT + b"\x01", sha256)
        return cls({_DERIVED_ID: key})

    @classmethod
    def from_settings(cls, signing_keys: str, secret_key: str) -> Self:
        """The listed keys; without any, the one derived from the secret key."""
        return cls.parse(signing_keys) if signing_keys else cls.derive(secret_key)

    def accepting(self, others: Self) -> Self:
        """These keys, which sign, and others that only verify."""
        more = {
            key_id: key for key_id, key in others._keys.items() if key_id not in self
        }
        return type(self)({**self._keys, **more})

    def __contains__(self, key_id: str) -> bool:
        return key_id in self._keys

    def sign(self, parts: Iterable[Buffer]) -> bytes:
        """HMAC-SHA256 (32 bytes) of the parts, one after another."""
        return self._digest(self.signing_id, parts)

    def verify(self, key_id: str, parts: Iterable[Buffer], signature: bytes) -> bool:
        """Whether the key is known and the signature is its own, in constant time."""
        if key_id not in self._keys:
            return False
        return hmac.compare_digest(self._digest(key_id, parts), signature)

    def _digest(self, key_id: str, parts: Iterable[Buffer]) -> bytes:
        signature = hmac.new(self._keys[key_id], digestmod=sha256)
        for part in parts:
            signature.update(part)
        return signature.digest()


def _from_hex(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""
