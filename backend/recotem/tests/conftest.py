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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--half",
        action="store_true",
        help="leave out what the same run beside the other database proves",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Of a half, only what is of this database or needs both."""
    if not config.getoption("half"):
        return
    engine = django_settings.DATABASES["default"]["ENGINE"]
    there = "postgresql" if engine.endswith("sqlite3") else "sqlite"
    elsewhere = [item for item in items if _database_of(item) == there]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if _database_of(item) != there]


def _database_of(item: pytest.Item) -> str:
    """Where a half has this test; what asks no database is the quickest with SQLite."""
    if marker := item.get_closest_marker("one_database"):
        return str(marker.args[0])
    return "both" if _asks_database(item) else "sqlite"


def _asks_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


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
