"""Files from S3."""

from collections.abc import Callable
from pathlib import Path

from recotem_contracts.object_storage import CLIENT_OPTIONS, ObjectStorage


class DownloadFailed(Exception):
    """A file is not there, or S3 does not answer."""


def downloader(place: ObjectStorage) -> Callable[[str, Path], None]:
    """Writes the object that a row names to a path, or raises DownloadFailed."""
    # Half a second to import, and needed where files are on S3 only.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    session = boto3.Session(**place.session_options)
    client = session.client(
        "s3", endpoint_url=place.endpoint_url, config=Config(**CLIENT_OPTIONS)
    )

    def download(storage_path: str, target: Path) -> None:
        try:
            client.download_file(place.bucket, place.key(storage_path), str(target))
        except (BotoCoreError, ClientError) as error:
            raise DownloadFailed(str(error)) from error

    return download
