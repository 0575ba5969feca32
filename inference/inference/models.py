"""The database tables as SQLAlchemy sees them, built from the contract."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from recotem_contracts import read_tables
from recotem_contracts.read_tables import Kind

metadata = MetaData()

_TYPES: dict[Kind, TypeEngine[Any]] = {
    "integer": BigInteger(),
    "text": Text(),
    "boolean": Boolean(),
    "real": Double(),
    "datetime": DateTime(timezone=True),
    "json": JSON(),
}


def _table(source: read_tables.Table) -> Table:
    columns = [
        Column(
            column.name,
            _TYPES[column.kind],
            nullable=column.nullable,
            primary_key=position == 0,
        )
        for position, column in enumerate(source.columns)
    ]
    return Table(source.name, metadata, *columns)


revision = _table(read_tables.REVISION)
api_key = _table(read_tables.API_KEY)
user = _table(read_tables.USER)
project = _table(read_tables.PROJECT)
trained_model = _table(read_tables.TRAINED_MODEL)
configuration = _table(read_tables.MODEL_CONFIGURATION)
slot = _table(read_tables.DEPLOYMENT_SLOT)
