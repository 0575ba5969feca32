"""Settings are read once and fail with the name of the variable."""

import pytest

from inference.config import Settings
from inference.rate_limit import RateLimit
from recotem_contracts.environment import SettingError

GOOD = {"DATABASE_URL": "sqlite:///x", "MEDIA_ROOT": "/media", "SECRET_KEY": "s"}


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"MEDIA_ROOT": ""}, "MEDIA_ROOT"),
        ({"SECRET_KEY": ""}, "RECOTEM_MODEL_SIGNING_KEYS"),
        ({"INFERENCE_PORT": "http"}, "INFERENCE_PORT"),
        ({"INFERENCE_MAX_LOADED_MODELS": "0"}, "INFERENCE_MAX_LOADED_MODELS"),
        ({"INFERENCE_RATE_LIMIT": "lots"}, "INFERENCE_RATE_LIMIT"),
        ({"INFERENCE_PRELOAD_MODEL_IDS": "1,x"}, "INFERENCE_PRELOAD_MODEL_IDS"),
        ({"RECOTEM_STORAGE_TYPE": "GCS"}, "RECOTEM_STORAGE_TYPE"),
        ({"RECOTEM_STORAGE_TYPE": "S3"}, "AWS_STORAGE_BUCKET_NAME"),
    ],
)
def test_a_wrong_setting_is_named(variables, name):
    with pytest.raises(SettingError, match=name):
        Settings.from_environment(GOOD | variables)


def test_defaults_are_those_of_the_contract():
    settings = Settings.from_environment(GOOD)
    assert settings.inference_port == 8081
    assert settings.inference_max_loaded_models == 10
    assert settings.inference_rate_limit == RateLimit(100, 60)
    assert settings.inference_preload_model_ids == ()


def test_settings_are_read_from_the_environment():
    settings = Settings.from_environment(
        GOOD
        | {
            "INFERENCE_RATE_LIMIT": "5/second",
            "INFERENCE_PRELOAD_MODEL_IDS": "3, 4,",
            "MODEL_EVENTS_REDIS_URL": "redis://cache:6379/3",
            "REDIS_PASSWORD": "pw",
        }
    )
    assert settings.inference_rate_limit == RateLimit(5, 1)
    assert settings.inference_preload_model_ids == (3, 4)
    assert settings.model_events_redis_url == "redis://:pw@cache:6379/3"
