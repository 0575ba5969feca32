"""What the server refuses to start with, and what it is strict about when it does."""

import hmac
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured

from recotem.settings import security
from recotem_engine.signing import SigningKeys

GOOD = "a-long-and-random-text-that-nobody-else-has-0123456789"


def settings_outside_of_debug(
    monkeypatch: pytest.MonkeyPatch, **environment: str
) -> ModuleType:
    """The settings of security as they are read when the server starts."""
    monkeypatch.setattr("recotem.settings.base.DEBUG", False)
    for name in ("SECRET_KEY", "SECURE_COOKIES", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    spec = find_spec("recotem.settings.security")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "secret",
    ["", "   ", "changeme", "x" * 49, f"  {'x' * 49}  ", security._DEVELOPMENT_KEY],
    ids=["none", "blank", "short", "49", "padded", "the one in the tree"],
)
def test_a_secret_that_others_could_know_is_refused(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        settings_outside_of_debug(monkeypatch, SECRET_KEY=secret)


def test_cookies_are_secure_and_hosts_are_named_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = settings_outside_of_debug(monkeypatch, SECRET_KEY=GOOD)
    assert found.SECRET_KEY == GOOD
    assert found.SECURE_COOKIES is found.CSRF_COOKIE_SECURE is True
    assert "*" not in found.ALLOWED_HOSTS


def test_models_are_not_signed_with_the_key_that_signs_tokens() -> None:
    signature = SigningKeys.from_settings("", GOOD).sign([b"a model"])
    for digest in ("sha256", "sha384", "sha512"):
        assert signature != hmac.digest(GOOD.encode(), b"a model", digest)
