"""What each package needs at run time is what it says it needs, and nothing more."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_THERE = ("django", "celery", "irspack", "optuna", "polars", "recotem")


def alone(package: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh environment with one workspace member's dependencies."""
    uv = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools/bin/uv")
    command = [uv, "run", "--isolated", "--locked", "--no-dev", "--package", package]
    return subprocess.run(
        [*command, "python", "-c", code],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def found(*modules: str) -> str:
    return (
        "from importlib.util import find_spec\n"
        f"print([name for name in {modules!r} if find_spec(name)])"
    )


@pytest.mark.timeout(600)
def test_inference_runs_without_django_irspack_and_optuna() -> None:
    code = f"import inference.main, inference.hot_path\n{found(*NOT_THERE)}"
    done = alone("recotem-inference", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.timeout(600)
def test_contracts_need_pydantic_only() -> None:
    code = f"import recotem_contracts.job_events\n{found('numpy', 'django', 'fastapi')}"
    done = alone("recotem-contracts", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.timeout(600)
def test_the_shop_needs_numpy_and_the_contracts_only() -> None:
    code = "import recotem_shop, recotem_shop.crowds\n" + found(
        "scipy", "django", "recotem_engine", "httpx"
    )
    done = alone("recotem-shop", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.timeout(600)
def test_the_engines_base_install_scores_without_training_libraries() -> None:
    code = (
        "import recotem_engine, recotem_engine.artifact, recotem_engine.recommender\n"
        + found("polars", "irspack", "optuna", "django", "pydantic")
    )
    done = alone("recotem-engine", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
