from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

from tests.people import (  # noqa: F401
    call_as,
    editor,
    owner,
    people,
    project,
    staff,
    stranger,
    viewer,
)

hypothesis_settings.register_profile("recotem", deadline=None)
hypothesis_settings.load_profile("recotem")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite lies in a file, so that several threads can work on it."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        folder = tmp_path_factory.mktemp("database")
        database["TEST"] = {**database.get("TEST", {}), "NAME": folder / "db.sqlite3"}


@pytest.fixture(autouse=True)
def media_root(settings: object, tmp_path: Path) -> Path:
    """Each test has a storage of its own."""
    folder = tmp_path / "media"
    folder.mkdir()
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()
