"""Rules of the tree that no linter knows."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "engine/src",
    "contracts/src",
    "backend/recotem",
    "inference/inference",
    "shop/src",
    "embedded/src",
)
FORBIDDEN_WORD = "pick" + "le"
PYPI = ("https://pypi.org/simple", "https://files.pythonhosted.org/")
PERMISSIVE = re.compile(
    r"MIT|ISC|Apache|BSD|CC0|CC-BY|Unlicense|Python-2|BlueOak|MPL|Zlib|WTFPL"
)
#: Written in pieces, so that this file passes its own rule.
MACHINE_PATHS = re.compile(
    r"(?<![\w.$}{-])/(?:ro" + r"ot|wo" + r"rk|ho" + r"me/[a-z]+|Us" + r"ers/[a-z]+)/"
)


def product_files() -> Iterator[Path]:
    for folder in PRODUCT:
        for file in (ROOT / folder).rglob("*.py"):
            if "tests" not in file.parts:
                yield file


def tracked() -> Iterator[Path]:
    """The files of the tree, those not yet committed too."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("SKIPPED: this is not a git checkout.")
    for name in listed.stdout.decode().split("\0"):
        file = ROOT / name
        if name and file.is_file():
            yield file


def lines_of(file: Path) -> Iterator[tuple[int, str]]:
    try:
        yield from enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    except UnicodeDecodeError:
        return


def test_no_product_code_says_pickle() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in product_files()
        for number, line in lines_of(file)
        if FORBIDDEN_WORD in line.lower()
    ]
    assert not found


def test_no_module_is_called_utils() -> None:
    named = [f for f in product_files() if re.search("utils|helpers", f.stem)]
    assert not named


def test_the_python_lock_knows_one_registry() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    addresses = re.findall(r'"(https?://[^"]+)"', (ROOT / "uv.lock").read_text())
    assert lock["package"]
    assert [a for a in addresses if not a.startswith(PYPI)] == []


def npm_packages() -> dict[str, dict[str, str]]:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    return {name: about for name, about in lock["packages"].items() if name}


def test_the_npm_lock_names_no_registry() -> None:
    assert [n for n, about in npm_packages().items() if "resolved" in about] == []


def test_the_npm_lock_has_permissive_licences_only() -> None:
    other = {
        name: about.get("license")
        for name, about in npm_packages().items()
        if not PERMISSIVE.search(str(about.get("license", "")))
    }
    assert other == {}


def test_primevue_stays_below_its_commercial_version() -> None:
    last_free = {"primevue": 4, "@primeuix/themes": 2, "primeicons": 7}
    majors = {
        name.removeprefix("node_modules/"): int(about["version"].split(".")[0])
        for name, about in npm_packages().items()
    }
    over = {n for n, m in majors.items() if m > last_free.get(n, m)}
    over |= {n for n, m in majors.items() if n.startswith("@primevue/") and m > 4}
    assert over == set()


def test_no_path_of_a_machine_stands_in_the_tree() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in tracked()
        if file.suffix not in (".lock", ".svg", ".png", ".gz")
        for number, line in lines_of(file)
        if MACHINE_PATHS.search(line)
    ]
    assert not found


def test_data_sets_and_secrets_are_not_in_the_tree() -> None:
    names = [str(file.relative_to(ROOT)) for file in tracked()]
    assert not [n for n in names if re.search(r"(^|/)(ml-1|\.env$|secret\.json)", n)]


def test_every_service_names_what_it_needs() -> None:
    for member in ("engine", "contracts", "backend", "inference", "shop", "embedded"):
        about = tomllib.loads((ROOT / member / "pyproject.toml").read_text())
        assert about["project"]["license"] == "Apache-2.0"
        assert about["project"]["dependencies"]
