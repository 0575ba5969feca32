from collections.abc import Iterator

import pytest

from recotem.datasets import table_reader
from tests.shared_child import SharedChild


@pytest.fixture
def _one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_reader, "Compute", SharedChild)


@pytest.fixture(scope="session", autouse=True)
def _no_child_stays() -> Iterator[None]:
    yield
    SharedChild.close()
