"""Signing model files anew, so that an old key can be given up."""

from pathlib import Path
from uuid import uuid4

from django.db import transaction

from recotem.core.revisions import bump_serving
from recotem.core.storage import (
    delete_files,
    delete_now,
    draft,
    folder_of,
    local_path,
    put,
)
from recotem.training.models import TrainedModel
from recotem_engine.artifact import open_model, save_model
from recotem_engine.signing import SigningKeys


def resign(model: TrainedModel, keys: SigningKeys) -> None:
    """Give a model a new file, signed with the first key; the old one goes.

    Raises ArtifactError if none of the keys signed the old file or it is damaged.
    """
    old = str(model.file)
    new = f"{folder_of(old)}/{uuid4().hex}.rctm"
    try:
        with draft() as room:
            size = _write(local_path(old), room / "model.rctm", keys)
            put(room / "model.rctm", new)
        with transaction.atomic():
            _exchange(model, new, size)
    except BaseException:
        delete_now([new])
        raise


def _write(old: Path, new: Path, keys: SigningKeys) -> int:
    """The size of the new file."""
    content = open_model(old, keys)
    save_model(new, content.recommender, content.info, keys)
    return new.stat().st_size


def _exchange(model: TrainedModel, new: str, size: int) -> None:
    rows = TrainedModel.objects.filter(pk=model.pk, file=model.file)
    if not rows.update(file=new, filesize=size):
        # Somebody deleted the model or its file meanwhile.
        delete_files([new])
        return
    bump_serving()
    delete_files([model.file])
