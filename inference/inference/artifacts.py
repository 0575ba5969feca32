"""Model files: where they lie, how one is opened, how a change is noticed."""

from dataclasses import dataclass
from pathlib import Path

from inference.downloads import DownloadFailed
from inference.errors import ModelNotReady
from inference.rows import ModelRow
from recotem_contracts.file_cache import FileCache
from recotem_engine.artifact import Model, open_model
from recotem_engine.errors import ArtifactError
from recotem_engine.signing import SigningKeys


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file from another one at the same path."""

    inode: int
    modified_ns: int
    size: int

    @classmethod
    def of(cls, path: Path) -> "Stamp | None":
        """None when there is no such file, or no way to it."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_ino, found.st_mtime_ns, found.st_size)


class ModelFiles:
    """Opens the files that rows name; every one is verified before it is used.

    remote: where they come from if they do not lie below `root` anyway.
    """

    def __init__(
        self, root: Path, keys: SigningKeys, remote: FileCache | None = None
    ) -> None:
        self._root = root.resolve()
        self._keys = keys
        self._remote = remote

    def path(self, row: ModelRow) -> Path:
        """Where the file lies. Raises ModelNotReady when there is none to serve."""
        if not row.is_ready or row.file is None:
            raise ModelNotReady(f"Model {row.id} is {row.status} and has no file yet.")
        path = (self._root / row.file).resolve()
        if not path.is_relative_to(self._root):
            raise ModelNotReady(f"The file of model {row.id} is outside the storage.")
        return path

    def fetch(self, row: ModelRow) -> Path:
        """As `path`, with the file there. Raises ModelNotReady; blocks."""
        path = self.path(row)
        if self._remote is None:
            return path
        try:
            return self._remote.get(str(row.file))
        except (DownloadFailed, OSError) as error:
            raise ModelNotReady(
                f"The file of model {row.id} cannot be read: {error}.",
                code="model_file_missing",
            ) from error

    def open(self, row: ModelRow) -> Model:
        """The verified model. Raises ModelNotReady with the reason; blocks."""
        path = self.path(row)
        try:
            return open_model(path, self._keys)
        except ArtifactError as error:
            raise ModelNotReady(f"Model {row.id}: {error}", code=error.code) from error
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise ModelNotReady(
                f"The file of model {row.id} cannot be read: {reason}.",
                code="model_file_missing",
            ) from error
