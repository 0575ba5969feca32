"""Files on their way in, beside their later place rather than in a temporary folder:
to keep one is to rename it, and what a killed process leaves is found and swept."""

from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from recotem.core.storage import drafts_folder


class ArrivingFile(TemporaryUploadedFile):
    """Named by us on disk, whatever the client calls it."""

    def __init__(
        self, name: str | None, content_type: Any, charset: Any, content_type_extra: Any
    ) -> None:
        file = NamedTemporaryFile(  # noqa: SIM115 — open as long as we are
            suffix=".upload", dir=drafts_folder()
        )
        super(TemporaryUploadedFile, self).__init__(
            file, name, content_type, 0, charset, content_type_extra
        )


class ArrivingFileHandler(TemporaryFileUploadHandler):
    def new_file(self, *arguments: Any, **named: Any) -> None:
        super(TemporaryFileUploadHandler, self).new_file(*arguments, **named)
        self.file = ArrivingFile(
            self.file_name, self.content_type, self.charset, self.content_type_extra
        )
