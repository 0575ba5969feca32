import asyncio
import tracemalloc
from pathlib import Path

import pytest

from recotem.core.downloads import Download


async def _size_and_pieces(response: Download) -> tuple[int, int]:
    sizes = [len(piece) async for piece in response]
    return sum(sizes), len(sizes)


@pytest.mark.django_db
def test_a_large_file_is_never_held_whole_under_asgi(tmp_path: Path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(30_000_000)
    response = Download(path, name="large.csv")
    tracemalloc.start()
    size, pieces = asyncio.run(_size_and_pieces(response))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    response.close()
    assert size == 30_000_000
    assert pieces > 100
    assert peak < 5_000_000
