"""Settings come from the environment, and wrong ones are named."""

import json
import os
import subprocess
import sys
from pathlib import Path

BACKEND = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from recotem import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def run(*names: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *names],
        cwd=BACKEND,
        env={"PATH": os.environ["PATH"], "DEBUG": "true", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def read(*names: str, **variables: str) -> list[object]:
    done = run(*names, **variables)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return [found[name] for name in names]


def test_defaults_let_nobody_in_and_keep_files_here():
    origins, limit, storages = read(
        "CORS_ALLOWED_ORIGINS", "STEP_TIME_LIMIT", "STORAGES"
    )
    assert (origins, limit) == ([], 3480)
    assert storages["default"]["BACKEND"].endswith("FileSystemStorage")


def test_what_is_given_is_taken(tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    origins, limit, level, storages = read(
        "CORS_ALLOWED_ORIGINS",
        "STEP_TIME_LIMIT",
        "LOGGING",
        "STORAGES",
        CORS_ALLOWED_ORIGINS="https://a.example, https://b.example",
        CELERY_TASK_TIME_LIMIT="50",
        CELERY_TASK_SOFT_TIME_LIMIT="60",
        DJANGO_LOG_LEVEL="error",
        CELERY_LOG_LEVEL="debug",
        RECOTEM_STORAGE_TYPE="S3",
        AWS_STORAGE_BUCKET_NAME="files",
        AWS_SECRET_ACCESS_KEY_FILE=str(tmp_path / "key"),
    )
    assert origins == ["https://a.example", "https://b.example"]
    assert limit == 50
    levels = {name: level["loggers"][name]["level"] for name in ("django", "celery")}
    assert levels == {"django": "ERROR", "celery": "DEBUG"}
    options = storages["default"]["OPTIONS"]
    assert (options["bucket_name"], options["secret_key"]) == ("files", "from a file")


def test_no_token_of_a_socket_gets_into_the_log():
    program = """
import logging.config
from recotem.settings import LOGGING
logging.config.dictConfig(LOGGING)
path = "/ws/job/1/?token=a.secret-one&since=5"
logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "me", path)
"""
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BACKEND,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50},
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert "/ws/job/1/?token=…&since=5" in json.loads(said)["event"]


def test_a_silent_server_is_given_up_whatever_the_address_says():
    url = "postgres://me@db.example/recotem?sslmode=require&connect_timeout=2"
    (databases,) = read("DATABASES", DATABASE_URL=url)
    options = databases["default"]["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("require", 2)
    assert options["tcp_user_timeout"] == 15_000
    assert "idle_in_transaction_session_timeout" in options["options"]


def test_a_silent_redis_is_given_up():
    url = "redis://cache.example/1"
    broker, layers, caches = read(
        "CELERY_BROKER_TRANSPORT_OPTIONS",
        "CHANNEL_LAYERS",
        "CACHES",
        CELERY_BROKER_URL=url,
        CHANNELS_REDIS_URL=url,
        CACHE_REDIS_URL=url,
    )
    (host,) = layers["default"]["CONFIG"]["hosts"]
    for options in (broker, host, caches["default"]["OPTIONS"]):
        assert options["socket_connect_timeout"] == 5
        assert options["socket_timeout"] == 10


def test_a_wrong_one_is_named():
    done = run(RECOTEM_STORAGE_TYPE="S3")
    assert "ImproperlyConfigured: AWS_STORAGE_BUCKET_NAME" in done.stderr
