from collections.abc import Iterator
from pathlib import Path

import pytest

from recotem_embedded.testing import EmbeddedRecotem


@pytest.fixture(scope="session")
def built_frontend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands in for the build of the web app."""
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<title>Recotem</title>")
    (folder / "assets" / "index-abc123.js").write_text("export {}")
    return folder


@pytest.fixture(scope="session")
def environment(built_frontend: Path) -> dict[str, str]:
    return {"RECOTEM_FRONTEND_DIST": str(built_frontend)}


@pytest.fixture(scope="module")
def recotem(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[EmbeddedRecotem]:
    """A running one-machine mode; its folder's name has a space, as on macOS."""
    home = tmp_path_factory.mktemp("up") / "a home"
    with EmbeddedRecotem(home, environment) as running:
        yield running
