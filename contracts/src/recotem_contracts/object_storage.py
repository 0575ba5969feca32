"""Where files lie when they lie on S3: the same place for every service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from recotem_contracts.environment import SettingError, secret


@dataclass(frozen=True)
class ObjectStorage:
    """A bucket, what the keys of its objects begin with, and how to get there.

    Without keys, the client finds a role or a profile by itself.
    """

    bucket: str
    prefix: str
    endpoint_url: str | None
    region: str | None
    access_key: str | None
    secret_key: str | None
    session_token: str | None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self | None:
        """None when files are in a folder. SettingError names what is wrong."""
        kind = environ.get("RECOTEM_STORAGE_TYPE", "").strip()
        if not kind:
            return None
        if kind.upper() != "S3":
            raise SettingError(
                f"RECOTEM_STORAGE_TYPE must be empty or S3, not {kind!r}."
            )
        bucket = environ.get("AWS_STORAGE_BUCKET_NAME", "").strip()
        if not bucket:
            raise SettingError("AWS_STORAGE_BUCKET_NAME must name the bucket on S3.")
        found = {name: secret(environ, value) or None for name, value in _REST.items()}
        prefix = environ.get("AWS_LOCATION", "").strip().strip("/")
        return cls(bucket=bucket, prefix=prefix, **found)

    def key(self, storage_path: str) -> str:
        """The key of the object that a row names by its path."""
        return f"{self.prefix}/{storage_path}" if self.prefix else storage_path

    @property
    def session_options(self) -> dict[str, Any]:
        """Arguments of `boto3.Session`."""
        return {
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "aws_session_token": self.session_token,
            "region_name": self.region,
        }


_REST = {
    "endpoint_url": "AWS_S3_ENDPOINT_URL",
    "region": "AWS_S3_REGION_NAME",
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}

#: Arguments of `botocore.config.Config`: fail in seconds rather than minutes, and
#: send nothing that other makers' servers do not know.
CLIENT_OPTIONS: dict[str, Any] = {
    "signature_version": "s3v4",
    "connect_timeout": 5,
    "read_timeout": 60,
    "retries": {"mode": "standard", "total_max_attempts": 3},
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}
