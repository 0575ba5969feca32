"""A read-only door to SQLite or PostgreSQL, outside the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from inference.errors import Unavailable
from recotem_contracts.environment import POSTGRES_TIMEOUTS

_THREADS = 4
_SECONDS = 5
_POSTGRES = {"postgres", "postgresql", "psql", "pgsql", "postgresql+psycopg"}


def read_only_engine(address: str) -> Engine:
    """The engine for a `DATABASE_URL`. ValueError for other kinds of database."""
    scheme, _, rest = address.partition("://")
    if scheme == "sqlite":
        return _sqlite(make_url(address))
    if scheme in _POSTGRES:
        return _postgres(make_url(f"postgresql+psycopg://{rest}"))
    raise ValueError(
        "DATABASE_URL must begin with sqlite:// or postgres://, "
        f"but begins with {scheme}://."
    )


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "").absolute()

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro",
            uri=True,
            timeout=_SECONDS,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA busy_timeout = {_SECONDS * 1000}")
        return connection

    return create_engine("sqlite://", creator=connect, pool_size=_THREADS)


def _postgres(url: URL) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=_THREADS,
        connect_args={**POSTGRES_TIMEOUTS, **url.query},
        execution_options={"postgresql_readonly": True},
    )


class Database:
    """Runs queries in a few threads of its own."""

    def __init__(self, address: str) -> None:
        self._engine = read_only_engine(address)
        self._threads = ThreadPoolExecutor(_THREADS, "database")

    async def read[T](self, query: Callable[[Connection], T]) -> T:
        """What the query returns. Raises Unavailable when it cannot be run."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._run, query)
        except SQLAlchemyError as error:
            raise Unavailable from error

    def _run[T](self, query: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return query(connection)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._engine.dispose()
