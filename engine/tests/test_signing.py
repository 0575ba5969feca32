import pytest

from recotem_engine.errors import ConfigError
from recotem_engine.signing import SigningKeys

OLD, NEW = "old:" + "ab" * 32, "new:" + "cd" * 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "ab" * 32,
        ":" + "ab" * 32,
        "a:xyz",
        "a:" + "ab" * 15,
        f"{OLD},{OLD}",
    ],
)
def test_refuses_settings_that_are_no_keys(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        SigningKeys.parse(text)
    assert caught.value.code == "bad_signing_keys"


def test_refuses_to_derive_from_nothing() -> None:
    with pytest.raises(ConfigError):
        SigningKeys.from_settings("", "")


def test_never_shows_a_key() -> None:
    with pytest.raises(ConfigError) as caught:
        SigningKeys.parse("a:secretsecret")
    assert "secret" not in str(caught.value)
    assert "ab" * 8 not in repr(SigningKeys.parse(OLD))


def test_verifies_its_own_signature_only() -> None:
    keys = SigningKeys.parse(NEW)
    signature = keys.sign([b"con", b"tent"])
    assert len(signature) == 32
    assert keys.verify("new", [b"content"], signature)
    assert not keys.verify("new", [b"Content"], signature)
    assert not keys.verify("new", [b"content"], signature[:-1] + b"\0")
    assert not keys.verify("old", [b"content"], signature)


def test_rotates() -> None:
    """What the old key signed stays good while the key is listed behind a new one."""
    signature = SigningKeys.parse(OLD).sign([b"content"])
    rotated = SigningKeys.parse(f"{NEW}, {OLD}")
    assert rotated.signing_id == "new"
    assert rotated.verify("old", [b"content"], signature)
    assert not SigningKeys.parse(NEW).verify("old", [b"content"], signature)


def test_derives_the_same_key_from_the_same_secret() -> None:
    signature = SigningKeys.derive("a secret").sign([b"content"])
    assert SigningKeys.from_settings("", "a secret").sign([b"content"]) == signature
    assert SigningKeys.derive("another").sign([b"content"]) != signature
    assert SigningKeys.from_settings(NEW, "a secret").signing_id == "new"


def test_accepts_what_others_signed_and_signs_with_its_own_key() -> None:
    keys = SigningKeys.parse(NEW).accepting(SigningKeys.parse(OLD))
    assert keys.signing_id == "new"
    assert keys.verify("old", [b"x"], SigningKeys.parse(OLD).sign([b"x"]))
    assert keys.sign([b"x"]) == SigningKeys.parse(NEW).sign([b"x"])


def test_others_never_replace_a_key_of_the_same_name() -> None:
    keys = SigningKeys.parse("a:" + "ab" * 32).accepting(
        SigningKeys.parse("a:" + "cd" * 32)
    )
    assert not keys.verify(
        "a", [b"x"], SigningKeys.parse("a:" + "cd" * 32).sign([b"x"])
    )
