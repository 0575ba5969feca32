"""Run the browser journeys against a fresh `recotem up`; arguments go to Playwright.

With `--demo` first: the one journey through a fresh `recotem demo`.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from recotem_embedded.testing import PASSWORD, EmbeddedRecotem

ROOT = Path(__file__).parents[1]
DEMO_SECONDS = 600.0


def data_variables() -> dict[str, str]:
    """MovieLens where it is; otherwise the journeys use data of their own."""
    named = os.environ.get("RECOTEM_DATASETS_DIR") or ROOT / "../shared/datasets"
    datasets = Path(named).resolve()
    data, items = datasets / "ml-100k.csv.gz", datasets / "ml-100k-items.csv"
    if not data.exists() or not items.exists():
        return {}
    return {
        "RECOTEM_E2E_DATA": str(data),
        "RECOTEM_E2E_ITEMS": str(items),
        "RECOTEM_E2E_USER_COLUMN": "userId",
        "RECOTEM_E2E_ITEM_COLUMN": "movieId",
        "RECOTEM_E2E_TIME_COLUMN": "timestamp",
    }


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="recotem-journeys-") as folder:
        home = Path(folder) / "home"
        if arguments[:1] == ["--demo"]:
            with EmbeddedRecotem(home, {}, ("demo",), DEMO_SECONDS) as demo:
                said = re.search(r"with the password (.+)", demo.said())
                password = said[1] if said else ""
                return run(demo, password, arguments[1:], {"RECOTEM_E2E_DEMO": "1"})
        with EmbeddedRecotem(home) as recotem:
            return run(recotem, PASSWORD, arguments, data_variables())


def run(
    recotem: EmbeddedRecotem, password: str, arguments: list[str], more: dict[str, str]
) -> int:
    variables = {
        "RECOTEM_E2E_URL": recotem.url,
        "RECOTEM_E2E_USER": "admin",
        "RECOTEM_E2E_PASSWORD": password,
        **more,
    }
    command = ["npx", "--no-install", "playwright", "test", *arguments]
    done = subprocess.run(
        command, cwd=ROOT / "frontend", env={**os.environ, **variables}, check=False
    )
    if done.returncode != 0:
        print(recotem.logs())
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
