import pytest

from recotem_contracts.environment import (
    SettingError,
    secret,
    with_redis_password,
    with_secrets,
)


def test_a_missing_secret_file_is_refused_by_name(tmp_path):
    with pytest.raises(SettingError, match="SECRET_KEY_FILE"):
        secret({"SECRET_KEY_FILE": str(tmp_path / "none")}, "SECRET_KEY")


def test_a_secret_is_read_from_its_file_without_white_space_around_it(tmp_path):
    path = tmp_path / "secret"
    path.write_text(" s3cret \n")
    assert secret({"X": "other", "X_FILE": str(path)}, "X") == "s3cret"
    assert secret({"X": " s3cret "}, "X") == "s3cret"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://h:6379/0", "redis://:p%2Fw@h:6379/0"),
        ("rediss://me@h/1", "rediss://me:p%2Fw@h/1"),
        ("redis://:other@h", "redis://:other@h"),
        ("filesystem://", "filesystem://"),
        ("", ""),
    ],
)
def test_the_redis_password_goes_into_redis_urls_that_lack_one(url, expected):
    assert with_redis_password(url, "p/w") == expected


def test_the_password_may_come_from_a_file_and_reaches_every_url(tmp_path):
    path = tmp_path / "password"
    path.write_text("pw\n")
    urls = {"CACHE_REDIS_URL": "redis://h/2", "MODEL_EVENTS_REDIS_URL": "redis://h/3"}
    settings = with_secrets(urls | {"REDIS_PASSWORD_FILE": str(path)})
    assert settings["CACHE_REDIS_URL"] == "redis://:pw@h/2"
    assert settings["MODEL_EVENTS_REDIS_URL"] == "redis://:pw@h/3"
