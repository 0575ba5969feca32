"""Run the browser journeys against a fresh `recotem up`; arguments go to Playwright."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from recotem_embedded.testing import PASSWORD, EmbeddedRecotem

ROOT = Path(__file__).parents[1]


def data_variables(datasets: Path) -> dict[str, str]:
    """MovieLens where it is; otherwise the journeys use data of their own."""
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
    datasets = Path(
        os.environ.get("RECOTEM_DATASETS_DIR") or ROOT / "../shared/datasets"
    )
    with (
        tempfile.TemporaryDirectory(prefix="recotem-journeys-") as folder,
        EmbeddedRecotem(Path(folder) / "home") as recotem,
    ):
        variables = {
            "RECOTEM_E2E_URL": recotem.url,
            "RECOTEM_E2E_USER": "admin",
            "RECOTEM_E2E_PASSWORD": PASSWORD,
            **data_variables(datasets.resolve()),
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
