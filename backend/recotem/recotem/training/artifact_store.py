"""Model files of rows, opened: memory-mapped, so a cache of them costs little."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from recotem.core.storage import local_path
from recotem.datasets.errors import FileGone
from recotem.training.errors import ArtifactDamaged, ModelNotReady
from recotem.training.models import TrainedModel
from recotem_engine.artifact import open_model
from recotem_engine.errors import ArtifactError
from recotem_engine.recommender import Recommender
from recotem_engine.signing import SigningKeys


def signing_keys() -> SigningKeys:
    return SigningKeys.from_settings(
        settings.RECOTEM_MODEL_SIGNING_KEYS, settings.SECRET_KEY
    )


def recommender_of(model: TrainedModel) -> Recommender:
    """The model, ready to be asked.

    Raises ModelNotReady, FileGone, or ArtifactDamaged with what is wrong with the file.
    """
    if model.status != TrainedModel.Status.READY:
        raise ModelNotReady
    if not model.file:
        raise FileGone
    path = local_path(model.file)
    try:
        now = path.stat()
        return _open(path, now.st_mtime_ns, now.st_size)
    except FileNotFoundError:
        raise FileGone from None
    except ArtifactError as error:
        raise ArtifactDamaged(str(error)) from error


@lru_cache(maxsize=16)
def _open(path: Path, mtime_ns: int, size: int) -> Recommender:
    return open_model(path, signing_keys()).recommender
