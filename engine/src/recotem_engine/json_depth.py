"""How deep a JSON text nests, before anything builds its like in memory."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from recotem_engine.errors import DataError

_CHUNK = 1 << 20
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_STRING = re.compile(rb'"[^"]*"')
_OTHER = bytes(set(range(256)) - set(b'"[]{}'))
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1


def refuse_deep(file: Path, max_depth: int) -> None:
    """DataError too_deep for lists and objects in each other beyond `max_depth`."""
    level = 0
    for brackets in _brackets(file):
        steps = _STEPS[np.frombuffer(brackets, np.uint8)]
        levels = level + np.cumsum(steps, dtype=np.int64)
        if levels.max(initial=0) > max_depth:
            raise DataError(
                "too_deep",
                f"The JSON nests lists or objects more than {max_depth} levels deep.",
            )
        level = int(levels[-1]) if len(levels) else level


def _brackets(file: Path) -> Iterator[bytes]:
    """Those that are not within strings, piece by piece."""
    cut = quote = b""
    with file.open("rb") as pieces:
        while chunk := pieces.read(_CHUNK):
            text = cut + chunk
            # An escape that is cut in half waits for its other half.
            is_cut = (len(text) - len(text.rstrip(b"\\"))) % 2
            cut = text[-1:] if is_cut else b""
            whole = _ESCAPE.sub(b"", text.removesuffix(cut))
            bare = _STRING.sub(b"", quote + whole.translate(None, _OTHER))
            brackets, quote, _ = bare.partition(b'"')
            yield brackets
