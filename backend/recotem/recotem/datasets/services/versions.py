"""What an interaction log was from an upload until the next, kept for who reads it."""

from pathlib import Path

from recotem.core.actor import Actor
from recotem.core.storage import local_path
from recotem.datasets.models import DataVersion, TrainingData

_KEPT = (
    "file",
    "columnar",
    "basename",
    "filesize",
    "n_rows",
    "n_users",
    "n_items",
    "fingerprint",
)


def keep_version(
    data: TrainingData, actor: Actor, *, appended: bool = False
) -> TrainingData:
    """Remember what the log is now; inside the transaction that made it so."""
    DataVersion.objects.create(
        training_data=data,
        number=data.version,
        appended=appended,
        created_by_id=actor.user_id or None,
        **{name: getattr(data, name) for name in _KEPT},
    )
    return data


def is_readable(data: TrainingData, number: int | None) -> bool:
    """Whether the files of one version are still there."""
    return data.versions.filter(number=number or 0).exclude(columnar="").exists()


def interactions_of(data: TrainingData, number: int | None) -> Path | None:
    """The interactions of one version; None if its files were removed."""
    version = data.versions.filter(number=number or 0).first()
    return local_path(version.columnar) if version and version.columnar else None
