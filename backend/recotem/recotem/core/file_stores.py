"""Where files are kept: in MEDIA_ROOT, or on S3 with copies in MEDIA_ROOT."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.http import content_disposition_header

from recotem_contracts.file_cache import FileCache

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage

#: Seconds for which an address of a file may be used.
_ADDRESS_SECONDS = 300

type Unit = tuple[str, float]


class FileStore(Protocol):
    """Files by their storage path."""

    def local(self, path: str) -> Path:
        """Where it lies on this machine, fetched if need be; maybe nothing does."""
        ...

    def exists(self, path: str) -> bool: ...

    def put(self, source: Path, path: str) -> None:
        """Move a file of this machine in."""
        ...

    def put_folder(self, source: Path, path: str) -> None:
        """Move a folder of this machine in."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Write a small file so that nobody ever reads half of it."""
        ...

    def delete(self, path: str) -> None:
        """Delete a file, or a folder; what is not there is no error."""
        ...

    def address(self, path: str, name: str) -> str | None:
        """A URL from which whoever holds it can download, if there is such a thing."""
        ...

    def check(self, seconds: float) -> None:
        """Raise what is wrong with it, soon."""
        ...

    def units(self, kind: str) -> Iterator[Unit]:
        """What lies in `<kind>/<project>/`, and when it was last written to."""
        ...


class FolderStore:
    """MEDIA_ROOT itself."""

    def local(self, path: str) -> Path:
        return Path(FileSystemStorage().path(path))

    def exists(self, path: str) -> bool:
        return self.local(path).is_file()

    def put(self, source: Path, path: str) -> None:
        target = self.local(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
        target.chmod(0o644)

    def put_folder(self, source: Path, path: str) -> None:
        target = self.local(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)

    def write(self, path: str, content: bytes) -> None:
        """FileNotFoundError if the folder is gone."""
        target = self.local(path)
        draft = target.with_name(f"{uuid4().hex}.draft")
        try:
            draft.write_bytes(content)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def delete(self, path: str) -> None:
        target = self.local(path)
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)

    def address(self, path: str, name: str) -> None:
        return None

    def check(self, seconds: float) -> None:
        """Whoever asks looks at MEDIA_ROOT in any case."""

    def units(self, kind: str) -> Iterator[Unit]:
        root = Path(settings.MEDIA_ROOT)
        for found in root.glob(f"{kind}/*/*"):
            yield str(found.relative_to(root)), found.stat().st_mtime


class BucketStore:
    """Objects of a bucket."""

    def __init__(self, storage: "S3Storage") -> None:
        self._storage = storage
        self._bucket = storage.bucket
        folder = Path(settings.MEDIA_ROOT) / "cache"
        self._cache = FileCache(folder, settings.RECOTEM_CACHE_BYTES, self._fetch)

    def local(self, path: str) -> Path:
        try:
            return self._cache.get(path)
        except FileNotFoundError:
            return self._cache.path(path)

    def exists(self, path: str) -> bool:
        return bool(self._storage.exists(path))

    def put(self, source: Path, path: str) -> None:
        with source.open("rb") as file:
            self._storage.save(path, File(file))
        self._cache.adopt(source, path)

    def put_folder(self, source: Path, path: str) -> None:
        for file in sorted(each for each in source.rglob("*") if each.is_file()):
            self.put(file, f"{path}/{file.relative_to(source)}")

    def write(self, path: str, content: bytes) -> None:
        self._storage.save(path, ContentFile(content))

    def delete(self, path: str) -> None:
        self._cache.drop(path)
        self._bucket.Object(self._key(path)).delete()
        self._bucket.objects.filter(Prefix=f"{self._key(path)}/").delete()

    def address(self, path: str, name: str) -> str:
        parameters = {
            "ResponseContentDisposition": content_disposition_header(
                as_attachment=True, filename=name
            )
        }
        return str(self._storage.url(path, parameters, expire=_ADDRESS_SECONDS))

    def check(self, seconds: float) -> None:
        from botocore.config import Config  # noqa: PLC0415 — slow, S3 only

        limits = Config(
            connect_timeout=seconds,
            read_timeout=seconds,
            retries={"total_max_attempts": 1},
        )
        options = settings.STORAGES["default"]["OPTIONS"]
        config = options["client_config"].merge(limits)
        impatient = self._storage.__class__(**{**options, "client_config": config})
        impatient.bucket.meta.client.head_bucket(Bucket=self._bucket.name)

    def units(self, kind: str) -> Iterator[Unit]:
        root = self._key(kind)[: -len(kind)]
        latest: dict[str, float] = {}
        for found in self._bucket.objects.filter(Prefix=f"{root}{kind}/"):
            unit = "/".join(found.key.removeprefix(root).split("/")[:3])
            written = found.last_modified.timestamp()
            latest[unit] = max(written, latest.get(unit, 0.0))
        yield from latest.items()

    def _key(self, path: str) -> str:
        prefix = self._storage.location
        return f"{prefix}/{path}" if prefix else path

    def _fetch(self, path: str, target: Path) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 — slow, S3 only

        try:
            self._bucket.download_file(self._key(path), str(target))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            raise FileNotFoundError(path) from error


def file_store() -> FileStore:
    """The one of the settings."""
    if isinstance(default_storage, FileSystemStorage):
        return FolderStore()
    return BucketStore(cast("S3Storage", default_storage))
