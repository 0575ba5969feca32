"""What a serving process may count on: numpy and scipy are enough."""

import subprocess
import sys

SERVE = """
import sys
from recotem_engine import Recommender, SigningKeys, open_model, read_info
import recotem_engine.scorers, recotem_engine.ids, recotem_engine.types
heavy = {"polars", "zstandard", "irspack", "optuna", "pytest"} & set(sys.modules)
assert not heavy, heavy
"""


def test_serving_loads_neither_polars_nor_anything_that_trains() -> None:
    subprocess.run([sys.executable, "-c", SERVE], check=True, timeout=120)
