"""The door to the database is for reading only."""

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DatabaseError

from inference import models
from inference.database import read_only_engine
from tests.conftest import DATABASES


def test_other_databases_are_refused_with_a_sentence():
    with pytest.raises(ValueError, match="DATABASE_URL must begin with"):
        read_only_engine("mysql://host/db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "psql"])
def test_the_usual_names_of_postgresql_are_understood(scheme):
    url = read_only_engine(f"{scheme}://me:p%40ss@host:5433/db?sslmode=require").url
    assert (url.drivername, url.host, url.port) == ("postgresql+psycopg", "host", 5433)
    assert url.password == "p@ss"


def test_writing_is_impossible(world):
    engine = read_only_engine(world.settings.database_url)
    row = insert(models.user).values(id=77, is_active=True)
    with engine.connect() as connection, pytest.raises(DatabaseError):
        connection.execute(row)
    engine.dispose()


@pytest.mark.skipif(
    "postgresql" not in DATABASES, reason="TEST_DATABASE_URL names no PostgreSQL"
)
def test_postgresql_refuses_what_is_no_query(world):
    engine = read_only_engine(world.settings.database_url)
    with engine.connect() as connection, pytest.raises(DatabaseError):
        connection.execute(text("CREATE TABLE intruder (id int)"))
    engine.dispose()
