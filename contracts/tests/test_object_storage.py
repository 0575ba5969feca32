"""Where files lie on S3 is read the same way by every service."""

import pytest

from recotem_contracts.environment import SettingError
from recotem_contracts.object_storage import ObjectStorage

S3 = {"RECOTEM_STORAGE_TYPE": "s3", "AWS_STORAGE_BUCKET_NAME": "models"}


def read(**variables: str) -> ObjectStorage:
    place = ObjectStorage.from_environment(S3 | variables)
    assert place
    return place


@pytest.mark.parametrize("kind", ["GCS", "true", "S 3"])
def test_an_unknown_kind_is_refused(kind: str) -> None:
    with pytest.raises(SettingError, match="RECOTEM_STORAGE_TYPE"):
        ObjectStorage.from_environment(S3 | {"RECOTEM_STORAGE_TYPE": kind})


def test_a_bucket_is_needed() -> None:
    with pytest.raises(SettingError, match="AWS_STORAGE_BUCKET_NAME"):
        ObjectStorage.from_environment(S3 | {"AWS_STORAGE_BUCKET_NAME": " "})


def test_without_a_kind_files_are_in_a_folder() -> None:
    variables = S3 | {"RECOTEM_STORAGE_TYPE": " "}
    assert ObjectStorage.from_environment(variables) is None


def test_keys_are_optional_and_may_come_as_files(tmp_path) -> None:
    assert read().access_key is None
    for name in ("ID", "SECRET"):
        (tmp_path / name).write_text(f"{name}\n")
    place = read(
        AWS_ACCESS_KEY_ID_FILE=str(tmp_path / "ID"),
        AWS_SECRET_ACCESS_KEY_FILE=str(tmp_path / "SECRET"),
    )
    assert (place.access_key, place.secret_key) == ("ID", "SECRET")


@pytest.mark.parametrize(
    ("prefix", "key"), [("", "a/b"), ("/x/y/", "x/y/a/b"), ("x", "x/a/b")]
)
def test_keys_begin_with_the_prefix(prefix: str, key: str) -> None:
    assert read(AWS_LOCATION=prefix).key("a/b") == key
