"""Inference reads tables that the management API's migrations make."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import missing
from deployed import BACKEND, fresh_database
from sqlalchemy import create_engine, inspect, make_url

from recotem_contracts.read_tables import TABLES

#: How the databases call what the contract calls a kind.
KINDS = {
    "integer": ("INTEGER", "BIGINT", "SMALLINT"),
    "text": ("VARCHAR", "TEXT"),
    "boolean": ("BOOLEAN", "BOOL"),
    "real": ("REAL", "DOUBLE PRECISION", "DOUBLE_PRECISION", "FLOAT"),
    "datetime": ("DATETIME", "TIMESTAMP"),
    "json": ("JSON", "JSONB", "TEXT"),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'db.sqlite3'}"
    if not os.environ.get("TEST_DATABASE_URL"):
        missing("SKIPPED: PostgreSQL's schema needs scripts/with-services.")
    return fresh_database(os.environ["TEST_DATABASE_URL"])


def migrate(database_url: str) -> None:
    changes = {"DATABASE_URL": database_url, "SECRET_KEY": secrets.token_urlsafe(64)}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=BACKEND,
        env={**os.environ, **changes},
        check=True,
    )


def test_every_column_that_is_read_exists(database_url: str) -> None:
    migrate(database_url)
    url = make_url(database_url.replace("postgres://", "postgresql+psycopg://"))
    engine = create_engine(url)
    try:
        found = inspect(engine)
        for table in TABLES:
            columns = {c["name"]: c for c in found.get_columns(table.name)}
            for column in table.columns:
                there = columns[column.name]
                assert str(there["type"]).split("(")[0] in KINDS[column.kind]
                assert column.nullable or not there["nullable"]
    finally:
        engine.dispose()
