"""A database for one bench, and gone with it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The URL of an empty database beside that of DATABASE_URL; without PostgreSQL
    there, one of SQLite in the folder."""
    server = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not server.scheme.startswith("postgres"):
        yield f"sqlite:///{quote(str(folder / 'bench.sqlite3'))}"
        return
    name = f"recotem_bench_{secrets.token_hex(6)}"
    _execute(server.geturl(), "CREATE DATABASE {}", name)
    try:
        yield server._replace(path=f"/{name}").geturl()
    finally:
        _execute(server.geturl(), "DROP DATABASE {} WITH (FORCE)", name)


def _execute(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
