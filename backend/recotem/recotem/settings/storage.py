import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from recotem_contracts.environment import SettingError
from recotem_contracts.object_storage import CLIENT_OPTIONS, ObjectStorage

from . import env

__all__ = [
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
    "FILE_UPLOAD_HANDLERS",
    "MEDIA_ROOT",
    "RECOTEM_CACHE_BYTES",
    "RECOTEM_MAX_UNPACKED_BYTES",
    "RECOTEM_MAX_UPLOAD_BYTES",
    "STORAGES",
]

#: All files, or, where they are on S3, drafts and copies of this machine.
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", "media")).absolute()
RECOTEM_CACHE_BYTES = env.number("RECOTEM_CACHE_BYTES", 20 * 1024**3)
RECOTEM_MAX_UPLOAD_BYTES = env.number("RECOTEM_MAX_UPLOAD_BYTES", 2 * 1024**3)
RECOTEM_MAX_UNPACKED_BYTES = env.number("RECOTEM_MAX_UNPACKED_BYTES", 4 * 1024**3)
#: Uploads go to a file, never into memory.
FILE_UPLOAD_HANDLERS = ["recotem.core.arriving_files.ArrivingFileHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024**2


def s3_storage(place: ObjectStorage) -> dict[str, Any]:
    """The entry of STORAGES for a bucket."""
    from botocore.config import Config  # noqa: PLC0415 — slow, and for S3 only

    options = {
        "bucket_name": place.bucket,
        "location": place.prefix,
        "endpoint_url": place.endpoint_url,
        "region_name": place.region,
        "access_key": place.access_key,
        "secret_key": place.secret_key,
        "security_token": place.session_token,
        "client_config": Config(**CLIENT_OPTIONS),
        # One type for all, or packed tables would be unpacked by browsers.
        "object_parameters": {"ContentType": "application/octet-stream"},
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def _default_storage() -> dict[str, Any]:
    try:
        place = ObjectStorage.from_environment(os.environ)
    except SettingError as error:
        raise ImproperlyConfigured(str(error)) from error
    if place is None:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return s3_storage(place)


STORAGES: dict[str, dict[str, Any]] = {
    "default": _default_storage(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
