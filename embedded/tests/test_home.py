import stat
from pathlib import Path

import pytest

from recotem_embedded import environment
from recotem_embedded.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "a home")
    home.create()
    return home


def test_secrets_are_long_private_and_kept(home: Home) -> None:
    secrets = home.secrets()
    home.create()
    assert home.secrets() == secrets
    assert len(secrets["SECRET_KEY"]) >= 50
    assert stat.S_IMODE(home.secret_file.stat().st_mode) == 0o600


def test_two_homes_share_no_secret(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.create()
    assert not set(home.secrets().values()) & set(other.secrets().values())


def test_the_callers_database_and_secrets_do_not_leak_in(home: Home) -> None:
    inherited = {
        "SECRET_KEY_FILE": "/elsewhere",
        "DATABASE_URL_FILE": "/elsewhere",
        "CACHE_REDIS_URL": "redis://elsewhere",
        "LOG_LEVEL": "DEBUG",
    }
    variables = environment.of_home(home, inherited)
    assert "elsewhere" not in str(variables)
    assert variables["LOG_LEVEL"] == "DEBUG"
    assert variables["CELERY_BROKER_URL"] == "filesystem://"


def test_a_command_uses_the_database_that_is_named(home: Home) -> None:
    named = environment.of_command(home, {"DATABASE_URL": "postgres://db/x"})
    assert named["DATABASE_URL"] == "postgres://db/x"
    assert "SECRET_KEY" not in named


def test_a_command_uses_the_home_otherwise(home: Home, tmp_path: Path) -> None:
    assert environment.of_command(home, {})["RECOTEM_HOME"] == str(home.folder)
    nowhere = Home(tmp_path / "nowhere")
    assert "RECOTEM_HOME" not in environment.of_command(nowhere, {})


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", "127.0.0.1"), ("10.1.2.3", "10.1.2.3"), ("::1", "[::1]")],
)
def test_browsers_may_use_the_address_served(host: str, expected: str) -> None:
    assert expected in environment.allowed_hosts(host).split(",")
    assert "*" not in environment.allowed_hosts(host)
