import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem_contracts import api_keys

ISSUED = api_keys.issue()


def django_hash(key: str, salt: str = "sAlt", rounds: int = 1000) -> str:
    """What Django's PBKDF2PasswordHasher stores."""
    digest = hashlib.pbkdf2_hmac("sha256", key.encode(), salt.encode(), rounds)
    return f"pbkdf2_sha256${rounds}${salt}${base64.b64encode(digest).decode()}"


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "sha256$",
        "sha256$00",
        "md5$00",
        "pbkdf2_sha256$",
        "pbkdf2_sha256$0$s$x",
        "pbkdf2_sha256$many$s$x",
        "pbkdf2_sha256$10$s$",
        "plain",
        "sha256$é",
        "rctm_" + "a" * 64,
    ],
)
def test_a_strange_stored_text_matches_no_key(stored):
    assert not api_keys.verify(ISSUED.key, stored)


@given(other=st.text(max_size=80))
def test_no_other_text_passes_for_the_key(other):
    assert not api_keys.verify(other, ISSUED.hash) or other == ISSUED.key


def test_an_issued_key_is_found_by_its_prefix_and_verifies():
    key, prefix, stored = api_keys.issue()
    assert api_keys.is_well_formed(key)
    assert len(key) == 69
    assert key.startswith(f"rctm_{prefix}")
    assert len(prefix) == 8
    assert stored.startswith("sha256$")
    assert not api_keys.is_slow(stored)
    assert api_keys.verify(key, stored)


def test_keys_differ():
    assert len({api_keys.issue().key for _ in range(50)}) == 50


def test_a_hash_made_in_django_s_format_verifies():
    stored = django_hash(ISSUED.key)
    assert api_keys.is_slow(stored)
    assert api_keys.verify(ISSUED.key, stored)
    assert not api_keys.verify(ISSUED.key + "x", stored)


@pytest.mark.parametrize("text", ["", "rctm_", "rctm_" + "a" * 63, "xrctm_" + "a" * 64])
def test_other_texts_have_not_the_form_of_a_key(text):
    assert not api_keys.is_well_formed(text)
