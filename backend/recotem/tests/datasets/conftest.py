from collections.abc import Iterator
from typing import Self

import pytest

from recotem.datasets import table_reader
from recotem_engine.compute import Compute


class SharedChild:
    """One child process for all uploads of the session; each start costs a second."""

    child: Compute | None = None

    def __init__(self, **_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, op: str, **arguments: object) -> dict[str, object]:
        if SharedChild.child is None:
            SharedChild.child = Compute(memory_limit_bytes=table_reader.MEMORY_LIMIT)
        return SharedChild.child.call(op, **arguments)


@pytest.fixture(autouse=True)
def _one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_reader, "Compute", SharedChild)


@pytest.fixture(scope="session", autouse=True)
def _no_child_stays() -> Iterator[None]:
    yield
    if SharedChild.child is not None:
        SharedChild.child.close()
        SharedChild.child = None
