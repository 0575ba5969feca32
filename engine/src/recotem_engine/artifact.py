"""Model files: signed, mapped into memory, and with nothing in them to execute.

Layout: 8 bytes magic, then format version and header length (uint32 little endian
each), the header (JSON, UTF-8), arrays that each begin at a multiple of 64 bytes, and
32 bytes HMAC-SHA256 over all that comes before. The header names the signing key, the
arrays (type, shape, place), the scorer with its options, and the model's own story.
A file is trusted only after its last byte was read and the signature fits.
"""

import json
import os
from collections.abc import Buffer, Iterator
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO, NamedTuple
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from recotem_engine import scorers
from recotem_engine.errors import ArtifactError, ConfigError
from recotem_engine.ids import IdMap
from recotem_engine.recommender import Recommender
from recotem_engine.signing import SigningKeys
from recotem_engine.types import AnyArray, JsonObject

VERSION = 1
_MAGIC = b"RECOTEM\n"
_PREFIX = Struct("<8sII")
_SIGNATURE = 32
_ALIGNMENT = 64
_CHUNK = 1 << 20
_LARGEST_HEADER = 1 << 24
_TYPES = {name: np.dtype(name) for name in ("|u1", "<i4", "<i8", "<f4")}


@dataclass(frozen=True)
class ModelInfo:
    """What a model file tells about the model.

    n_interactions: rows of the data; metrics: by name, of the tuning's untouched test
    if there was one; versions: of the libraries that trained it; created: ISO, UTC.
    """

    algorithm: str
    parameters: JsonObject
    data_fingerprint: str
    n_users: int
    n_items: int
    n_interactions: int
    metrics: JsonObject
    versions: dict[str, str]
    created: str


class Model(NamedTuple):
    info: ModelInfo
    recommender: Recommender


class _Place(NamedTuple):
    """Where an array lies: bytes after the beginning of the data."""

    type: str
    shape: list[int]
    offset: int

    @property
    def size(self) -> int:
        return prod(self.shape) * _TYPES[self.type].itemsize


def save_model(
    path: Path | str, recommender: Recommender, info: ModelInfo, keys: SigningKeys
) -> None:
    """Write a signed model file, complete or not at all, in place of an old one."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            parts = _written(file, _parts(recommender, info, keys.signing_id))
            file.write(keys.sign(parts))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def open_model(path: Path | str, keys: SigningKeys) -> Model:
    """Verify every byte, then map the arrays; nothing is copied into memory.

    ArtifactError: artifact_damaged, artifact_unknown_key, artifact_version.
    """
    with Path(path).open("rb") as file:
        header, start = _verified_header(file, keys)
        mapped = np.memmap(file, np.uint8, mode="r").view(np.ndarray)
    data = mapped[start:-_SIGNATURE]
    try:
        places = {name: _Place(*place) for name, place in header["arrays"].items()}
        arrays = {name: _view(data, place) for name, place in places.items()}
        info = ModelInfo(**header["info"])
        recommender = _recommender(arrays, header["scorer"])
    except (LookupError, TypeError, ValueError, ConfigError) as error:
        raise _damaged("its parts do not fit together") from error
    return Model(info, recommender)


def read_info(path: Path | str, keys: SigningKeys) -> ModelInfo:
    """The model's own story, after every byte of the file was verified."""
    with Path(path).open("rb") as file:
        header, _ = _verified_header(file, keys)
    return ModelInfo(**header["info"])


def signing_key_of(path: Path | str) -> str:
    """The id of the key that a file says it is signed with; nothing is verified."""
    path = Path(path)
    with path.open("rb") as file:
        header, _ = _unverified_header(file, path.stat().st_size)
    return str(header.get("key"))


def _parts(
    recommender: Recommender, info: ModelInfo, key_id: str
) -> Iterator[bytes | memoryview]:
    """The signed content of a file, in order."""
    arrays = _arrays(recommender)
    places: dict[str, _Place] = {}
    end = 0
    for name, array in arrays.items():
        places[name] = _Place(array.dtype.str, list(array.shape), _aligned(end))
        end = places[name].offset + places[name].size
    scorer = recommender.scorer
    header = {
        "key": key_id,
        "info": asdict(info),
        "scorer": {"kind": scorer.kind, "options": scorer.options()},
        "arrays": places,
    }
    encoded = json.dumps(header).encode()
    yield _PREFIX.pack(_MAGIC, VERSION, len(encoded))
    yield encoded
    end = _PREFIX.size + len(encoded)
    for array in arrays.values():
        yield bytes(_aligned(end) - end)
        yield memoryview(array.reshape(-1)).cast("B") if array.size else b""
        end = array.nbytes


def _written[T: Buffer](file: BinaryIO, parts: Iterator[T]) -> Iterator[T]:
    for part in parts:
        file.write(part)
        yield part


def _arrays(recommender: Recommender) -> dict[str, AnyArray]:
    groups = {
        "users": recommender.users.arrays(),
        "items": recommender.items.arrays(),
        "seen": scorers.csr_arrays(recommender.seen),
        "scorer": recommender.scorer.arrays(),
    }
    return {
        f"{group}/{name}": np.ascontiguousarray(array)
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }


def _recommender(arrays: dict[str, AnyArray], scorer: dict[str, Any]) -> Recommender:
    groups: dict[str, dict[str, AnyArray]] = {}
    for path, array in arrays.items():
        group, _, name = path.partition("/")
        groups.setdefault(group, {})[name] = array
    users = IdMap.from_arrays(groups["users"])
    items = IdMap.from_arrays(groups["items"])
    return Recommender(
        users,
        items,
        scorers.csr_from_arrays(groups["seen"], (len(users), len(items))),
        scorers.from_arrays(scorer["kind"], groups["scorer"], scorer["options"]),
    )


def _verified_header(file: BinaryIO, keys: SigningKeys) -> tuple[dict[str, Any], int]:
    """The header of a file whose signature fits, and where its data begins."""
    size = os.fstat(file.fileno()).st_size
    header, end = _unverified_header(file, size)
    key_id = str(header.get("key"))
    if key_id not in keys:
        raise ArtifactError(
            "artifact_unknown_key",
            f"The model file is signed with the key {key_id!r}, which is not one of "
            "the signing keys of this installation.",
        )
    file.seek(0)
    content = _chunks(file, size - _SIGNATURE)
    signature = os.pread(file.fileno(), _SIGNATURE, size - _SIGNATURE)
    if not keys.verify(key_id, content, signature):
        raise _damaged("its signature does not fit its content")
    return header, _aligned(end)


def _unverified_header(file: BinaryIO, size: int) -> tuple[dict[str, Any], int]:
    """The header and where it ends; good only for finding the key to verify with."""
    prefix = file.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size or not prefix.startswith(_MAGIC):
        raise _damaged("it does not begin as one")
    _, version, length = _PREFIX.unpack(prefix)
    if version != VERSION:
        raise ArtifactError(
            "artifact_version",
            f"The model file has format {version}; this version reads {VERSION}.",
        )
    end = _PREFIX.size + length
    if end > min(size - _SIGNATURE, _LARGEST_HEADER):
        raise _damaged("it is cut off")
    try:
        header = json.loads(file.read(length))
    except (ValueError, RecursionError) as error:
        raise _damaged("its header cannot be read") from error
    if not isinstance(header, dict):
        raise _damaged("its header cannot be read")
    return header, end


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        size -= len(chunk)
        yield chunk


def _view(data: npt.NDArray[np.uint8], place: _Place) -> AnyArray:
    """The array at a place of the data; ValueError if it is not inside."""
    end = place.offset + place.size
    if min(place.shape, default=0) < 0 or not 0 <= place.offset <= end <= len(data):
        raise ValueError("an array lies outside the file")
    return data[place.offset : end].view(_TYPES[place.type]).reshape(place.shape)


def _aligned(position: int) -> int:
    return -(-position // _ALIGNMENT) * _ALIGNMENT


def _damaged(reason: str) -> ArtifactError:
    return ArtifactError(
        "artifact_damaged", f"This is not a sound model file: {reason}."
    )


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
