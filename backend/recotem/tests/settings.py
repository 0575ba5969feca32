"""The settings under test, with a quick password hash and a broker in memory."""

import os

os.environ.setdefault("DEBUG", "true")
os.environ["CELERY_BROKER_URL"] = "memory://"
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
if cache_url := os.environ.get("CACHE_REDIS_URL"):
    # Tests empty the cache, so each process of a parallel run has its own.
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    server, _, _ = cache_url.rpartition("/")
    os.environ["CACHE_REDIS_URL"] = f"{server}/{4 + process}"

os.environ["CONN_MAX_AGE"] = "0"  # test databases come and go

from recotem.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
#: Static files are looked for when asked for, not all of them for each client.
WHITENOISE_AUTOREFRESH = True
#: Out of the way; a test of a throttle sets its own.
THROTTLE_RATES = dict.fromkeys(
    ("anon", "user", "login", "recommendation", "slow_key"), "100000/min"
)
