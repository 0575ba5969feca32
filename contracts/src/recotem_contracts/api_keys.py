"""API keys: how one looks, how it is stored, how it is checked."""

import base64
import hashlib
import hmac
import re
import secrets
from enum import StrEnum
from typing import NamedTuple

MARK = "rctm_"
PREFIX_LENGTH = 8
_SECRET_BYTES = 48
_FORM = re.compile(r"rctm_[A-Za-z0-9_-]{64}")
_SHA256 = "sha256"
_PBKDF2 = "pbkdf2_sha256"


class Scope(StrEnum):
    """What a key may do: read rows, write rows, ask for predictions."""

    READ = "read"
    WRITE = "write"
    PREDICT = "predict"


class IssuedKey(NamedTuple):
    """A new key, shown once, with the two values that are stored."""

    key: str
    prefix: str
    hash: str


def issue() -> IssuedKey:
    """A fresh key of 48 random bytes."""
    key = MARK + secrets.token_urlsafe(_SECRET_BYTES)
    return IssuedKey(key, prefix_of(key), hash_key(key))


def is_well_formed(key: str) -> bool:
    """Whether the text has the form of a key; says nothing about its validity."""
    return _FORM.fullmatch(key) is not None


def prefix_of(key: str) -> str:
    """The 8 characters after the mark, by which a stored key is found."""
    return key[len(MARK) : len(MARK) + PREFIX_LENGTH]


def hash_key(key: str) -> str:
    """`sha256$<hex>`. A key has 384 random bits, so one fast hash is enough."""
    return f"{_SHA256}${hashlib.sha256(key.encode()).hexdigest()}"


def is_slow(stored: str) -> bool:
    """Whether checking against this hash costs a noticeable part of a second."""
    return stored.startswith(_PBKDF2 + "$")


def verify(key: str, stored: str) -> bool:
    """Whether the key belongs to the stored hash.

    Understands `sha256$<hex>` and Django's `pbkdf2_sha256$<rounds>$<salt>$<base64>`;
    any other stored text matches no key. Compares in constant time.
    """
    algorithm, _, rest = stored.partition("$")
    if algorithm == _SHA256:
        return hmac.compare_digest(hash_key(key).encode(), stored.encode())
    if algorithm == _PBKDF2:
        return _verify_pbkdf2(key, rest)
    return False


def _verify_pbkdf2(key: str, rest: str) -> bool:
    rounds, _, rest = rest.partition("$")
    salt, _, expected = rest.partition("$")
    if not (rounds.isdecimal() and int(rounds) and salt and expected):
        return False
    digest = hashlib.pbkdf2_hmac("sha256", key.encode(), salt.encode(), int(rounds))
    return hmac.compare_digest(base64.b64encode(digest), expected.encode())
