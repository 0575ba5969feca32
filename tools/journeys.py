"""Run the browser journeys against a fresh `recotem up`; arguments go to Playwright."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from recotem_embedded.testing import PASSWORD, EmbeddedRecotem

ROOT = Path(__file__).parents[1]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Where the browser is, if it is here."""
    named = os.environ.get("CHROMIUM_PATH")
    found = (shutil.which(name) for name in (named, *CHROMIUMS) if name)
    return next(filter(None, found), None)


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
    if not chromium():
        required = os.environ.get("CI") == "true"
        word = "FAILED" if required else "SKIPPED"
        print(f"{word}: the journeys need Chromium (scripts/install-system chromium).")
        return int(required)
    with (
        tempfile.TemporaryDirectory(prefix="recotem-journeys-") as folder,
        EmbeddedRecotem(Path(folder) / "home") as recotem,
    ):
        return run(recotem, ("admin", PASSWORD), data_variables(), arguments)


def run_demo(demo: EmbeddedRecotem, account: tuple[str, str]) -> int:
    """The one journey, through every page of a running `recotem demo`."""
    return run(demo, account, {"RECOTEM_E2E_DEMO": "1"})


def run(
    recotem: EmbeddedRecotem,
    account: tuple[str, str],
    more: dict[str, str],
    arguments: Sequence[str] = (),
) -> int:
    """What Playwright ends with; account: a name and a password."""
    name, password = account
    variables = {
        "CHROMIUM_PATH": chromium() or "",
        "RECOTEM_E2E_URL": recotem.url,
        "RECOTEM_E2E_USER": name,
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
