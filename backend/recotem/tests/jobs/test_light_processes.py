import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("irspack", "optuna", "polars", "pandas", "sklearn")
PROGRAM = f"""
import json, sys, django
django.setup()
import recotem.asgi, recotem.celery, recotem.urls
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""


def test_neither_web_nor_worker_loads_what_only_computing_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "recotem.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
