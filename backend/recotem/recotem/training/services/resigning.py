"""Signing model files anew, so that an old key can be given up."""

from uuid import uuid4

from django.db import transaction

from recotem.core.revisions import bump_serving
from recotem.core.storage import delete_files, delete_now, folder_of, local_path
from recotem.training.models import TrainedModel
from recotem_engine.artifact import open_model, save_model
from recotem_engine.signing import SigningKeys


def resign(model: TrainedModel, keys: SigningKeys) -> None:
    """Give a model a new file, signed with the first key; the old one goes.

    Raises ArtifactError if none of the keys signed the old file or it is damaged.
    """
    old = str(model.file)
    content = open_model(local_path(old), keys)
    new = f"{folder_of(old)}/{uuid4().hex}.rctm"
    save_model(local_path(new), content.recommender, content.info, keys)
    try:
        with transaction.atomic():
            _exchange(model, old, new)
    except BaseException:
        delete_now([new])
        raise


def _exchange(model: TrainedModel, old: str, new: str) -> None:
    rows = TrainedModel.objects.filter(pk=model.pk, file=old)
    if not rows.update(file=new, filesize=local_path(new).stat().st_size):
        # Somebody deleted the model or its file meanwhile.
        delete_files([new])
        return
    bump_serving()
    delete_files([old])
