"""The folder that holds everything the one-machine mode knows."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_data_dir

from .errors import StartError


def default_folder() -> Path:
    """`RECOTEM_HOME`, else a folder in the user's data directory."""
    named = os.environ.get("RECOTEM_HOME", "").strip()
    return Path(named or user_data_dir("recotem", appauthor=False)).expanduser()


class Home:
    """The folder's layout: `db.sqlite3 media/ broker/ exposures/ logs/ secret.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.database = self.folder / "db.sqlite3"
        self.media = self.folder / "media"
        self.broker = self.folder / "broker"
        self.exposures = self.folder / "exposures"
        self.logs = self.folder / "logs"
        self.secret_file = self.folder / "secret.json"

    def exists(self) -> bool:
        return self.secret_file.exists()

    def create(self) -> None:
        """Make what is missing. Raises StartError where nothing can be written."""
        queues = [self.broker / name for name in ("messages", "processed", "control")]
        try:
            own = (self.folder, self.media, self.exposures, self.logs)
            for folder in (*own, *queues):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.folder / ".writable"
            probe.touch()
            probe.unlink()
            self._create_secrets()
        except OSError as error:
            raise StartError(
                f"The folder {self.folder} cannot be used ({error.strerror}). "
                "Choose another one with RECOTEM_HOME or --home."
            ) from error

    def _create_secrets(self) -> None:
        if self.exists():
            return
        content = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "RECOTEM_MODEL_SIGNING_KEYS": f"k1:{secrets.token_hex(32)}",
        }
        draft = self.secret_file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.secret_file)

    def secrets(self) -> dict[str, str]:
        """The keys made at the first start. Raises StartError if they are damaged."""
        try:
            content = json.loads(self.secret_file.read_text())
            return {str(name): str(value) for name, value in content.items()}
        except (OSError, ValueError, AttributeError) as error:
            raise StartError(
                f"{self.secret_file} cannot be read ({error}). Models and sessions "
                "depend on it: restore it, or start with another folder."
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process. Raises StartError if another one does."""
        with (self.folder / "recotem.lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                file.seek(0)
                who = file.read().strip() or "another process"
                raise StartError(
                    f"Recotem is already running with the folder {self.folder} "
                    f"({who}). Stop it first, or choose another folder with --home."
                ) from error
            file.truncate(0)
            file.write(f"process {os.getpid()}")
            file.flush()
            yield
