from . import env

__all__ = [
    "APPEND_SLASH",
    "ASGI_APPLICATION",
    "CHANNEL_LAYERS",
    "DEBUG",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "LANGUAGE_CODE",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "STATIC_URL",
    "TEMPLATES",
    "TIME_ZONE",
    "USE_TZ",
    "WHITENOISE_USE_FINDERS",
]

DEBUG = env.flag("DEBUG")
ROOT_URLCONF = "recotem.urls"
ASGI_APPLICATION = "recotem.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
#: The API's one redirect is a 308 of its own (`recotem.api.fallback`).
APPEND_SLASH = False
STATIC_URL = "/static/"
#: The few static files are served from where they were installed.
WHITENOISE_USE_FINDERS = True

INSTALLED_APPS = [
    # Before the admin site, whose templates it replaces.
    "recotem.api",
    # Only what is registered with the site of `recotem.api.admin` is shown.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "recotem.core",
    "recotem.accounts",
    "recotem.jobs",
    "recotem.projects",
    "recotem.keys",
    "recotem.datasets",
    "recotem.training",
    "recotem.tuning",
    "recotem.deployment",
    "recotem.experiments",
    "recotem.retraining",
]

MIDDLEWARE = [
    "recotem.core.middleware.RequestIds",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "recotem.core.sessions.AdminSessions",
    "recotem.core.sessions.AdminAuthentication",
    "recotem.core.sessions.AdminMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

_channels_redis = env.redis_url("CHANNELS_REDIS_URL")
CHANNEL_LAYERS = (
    {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [{"address": _channels_redis, **env.REDIS_TIMEOUTS}]},
        }
    }
    if _channels_redis
    else {}
)
