"""What the documents list is what there is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
READERS = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')


def test_every_setting_is_documented() -> None:
    documented = (DOCS / "deployment/environment.md").read_text()
    settings = ROOT / "backend/recotem/recotem/settings"
    names = {n for f in settings.glob("*.py") for n in READERS.findall(f.read_text())}
    assert len(names) > 20
    assert sorted(name for name in names if f"`{name}`" not in documented) == []


def test_every_dependency_says_why_it_is_there() -> None:
    explained = (DOCS / "architecture.md").read_text().lower()
    names = set()
    for member in ("engine", "contracts", "backend", "inference", "shop", "embedded"):
        text = (ROOT / member / "pyproject.toml").read_text()
        names |= set(re.findall(r'^    "([a-z0-9-]+)[\[>=",]', text, re.MULTILINE))
    foreign = {name for name in names if not name.startswith("recotem-")}
    assert len(foreign) > 20
    assert sorted(name for name in foreign if name not in explained) == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{file.relative_to(ROOT)}: {target}"
        for file in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)[)#]", file.read_text())
        if not (file.parent / target).exists()
    ]
    assert broken == []
