from datetime import timedelta

from . import env

__all__ = [
    "ACCESS_TOKEN_LIFETIME",
    "AUTH_PASSWORD_VALIDATORS",
    "AUTH_USER_MODEL",
    "DEFAULT_ADMIN_PASSWORD",
    "REFRESH_TOKEN_LIFETIME",
    "SIMPLE_JWT",
]

AUTH_USER_MODEL = "accounts.User"
DEFAULT_ADMIN_PASSWORD = env.text("DEFAULT_ADMIN_PASSWORD")
#: Seconds.
ACCESS_TOKEN_LIFETIME = env.number("ACCESS_TOKEN_LIFETIME", 300)
REFRESH_TOKEN_LIFETIME = 24 * 3600
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=ACCESS_TOKEN_LIFETIME),
    "REFRESH_TOKEN_LIFETIME": timedelta(seconds=REFRESH_TOKEN_LIFETIME),
}

_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]
