from pathlib import Path

from . import env

__all__ = [
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
    "FILE_UPLOAD_HANDLERS",
    "MEDIA_ROOT",
    "RECOTEM_MAX_UNPACKED_BYTES",
    "RECOTEM_MAX_UPLOAD_BYTES",
    "STORAGES",
]

MEDIA_ROOT = Path(env.text("MEDIA_ROOT", "media")).absolute()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
RECOTEM_MAX_UPLOAD_BYTES = env.number("RECOTEM_MAX_UPLOAD_BYTES", 2 * 1024**3)
RECOTEM_MAX_UNPACKED_BYTES = env.number("RECOTEM_MAX_UNPACKED_BYTES", 4 * 1024**3)
#: Uploads go to a temporary file, never into memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024**2
