"""What a demo home remembers of itself, in `demo.json`."""

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from recotem_embedded.errors import StartError

NAME = "demo.json"
LOCK = "recotem.lock"
USERNAME = "admin"
#: Days from the opening of the shop until the demo is made.
HISTORY_DAYS = 180


@dataclass(frozen=True)
class DemoState:
    """How to make the same world again, and how to get in.

    opened: when the shop opened, ISO. What follows the seed is there once the home is
    filled: the project, its key, and a user to ask for.
    """

    dataset: str
    password: str
    opened: str
    seed: int = 1
    project: int = 0
    key: str = ""
    user: str = ""

    @property
    def is_filled(self) -> bool:
        return bool(self.key)

    def filled(self, *, project: int, key: str, user: str) -> Self:
        return replace(self, project=project, key=key, user=user)

    def save(self, folder: Path) -> None:
        """Write it whole or not at all, readable by its owner only."""
        draft = folder / f"{NAME}.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder / NAME)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """None where there is none. Raises StartError if it is damaged."""
        file = folder / NAME
        if not file.exists():
            return None
        try:
            return cls(**json.loads(file.read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise StartError(
                f"{file} cannot be read ({error}). Start with --fresh, which deletes "
                "all of the folder."
            ) from error


def new_password() -> str:
    """That of DEFAULT_ADMIN_PASSWORD, or one that nobody knows yet."""
    given = os.environ.get("DEFAULT_ADMIN_PASSWORD", "").strip()
    return given or secrets.token_urlsafe(9)


def refuse_foreign(folder: Path) -> None:
    """Raises StartError for a folder that holds something else than a demo."""
    if (folder / NAME).exists() or not folder.is_dir():
        return
    if any(entry.name != LOCK for entry in folder.iterdir()):
        raise StartError(
            f"The folder {folder} holds something that is not a demo. Nothing in it "
            "was changed; choose another folder with --home."
        )


def empty(folder: Path) -> None:
    """Delete everything in a demo home but the lock, which is held."""
    for entry in folder.iterdir():
        if entry.name == LOCK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
