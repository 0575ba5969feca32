"""One child process for all uploads of a process; each start costs a second."""

from typing import Self

from recotem.datasets import table_reader
from recotem_engine.compute import Compute


class SharedChild:
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

    @classmethod
    def close(cls) -> None:
        if cls.child is not None:
            cls.child.close()
            cls.child = None
