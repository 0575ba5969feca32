import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from dataset import Dataset, generated, movielens
from deployed import DeployedRecotem
from running import Running

from recotem_embedded.testing import EmbeddedRecotem

#: Leases end soon after a kill, so that nobody waits long for the next worker.
LEASE = {"RECOTEM_JOB_LEASE_SECONDS": "6"}
#: Who starts the deployed mode empties the one Redis of scripts/with-services.
ONE_REDIS = pytest.mark.xdist_group("redis")
MODES = ("embedded", pytest.param("deployed", marks=ONE_REDIS))
Start = Callable[[Path], AbstractContextManager[Running]]


def missing(sentence: str) -> None:
    """Skip, saying why; on CI nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """MovieLens 100K where it is, else data made here with as clear a structure."""
    return movielens() or generated(tmp_path_factory.mktemp("data"))


@contextmanager
def embedded(folder: Path) -> Iterator[EmbeddedRecotem]:
    dist = folder / "dist"
    dist.mkdir()
    (dist / "index.html").write_text("<title>Recotem</title>")
    environment = {**LEASE, "RECOTEM_FRONTEND_DIST": str(dist)}
    with EmbeddedRecotem(folder / "home", environment) as recotem:
        yield recotem


@contextmanager
def deployed(folder: Path) -> Iterator[Running]:
    if not os.environ.get("TEST_DATABASE_URL"):
        missing("SKIPPED: the deployed mode needs scripts/with-services.")
    with DeployedRecotem(folder, LEASE) as recotem:
        yield recotem


@pytest.fixture(params=MODES)
def recotem(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """A fresh running Recotem, once in each mode."""
    starts: dict[str, Start] = {"embedded": embedded, "deployed": deployed}
    with starts[request.param](tmp_path) as running:
        try:
            yield running
        finally:
            print(running.logs())
