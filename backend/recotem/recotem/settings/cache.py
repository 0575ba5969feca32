from . import env

__all__ = ["CACHES", "EXPOSURES_DIR", "MODEL_EVENTS_REDIS_URL"]

MODEL_EVENTS_REDIS_URL = env.redis_url("MODEL_EVENTS_REDIS_URL")
#: Where inference leaves what it recorded, unless there is that Redis.
EXPOSURES_DIR = env.text("RECOTEM_EXPOSURES_DIR")

_redis = env.redis_url("CACHE_REDIS_URL")
#: Throttles are counted here. Without Redis each web process counts for itself,
#: and the one-machine mode has one.
CACHES = {
    "default": {
        "BACKEND": "recotem.core.cache.RedisCache",
        "LOCATION": _redis,
        "KEY_PREFIX": env.text("CACHE_KEY_PREFIX", "recotem"),
        "OPTIONS": env.REDIS_TIMEOUTS,
    }
    if _redis
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
