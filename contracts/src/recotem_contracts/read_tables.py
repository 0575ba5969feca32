"""The tables and columns of the management database that inference may read.

A change here is a change of the wire: the database must offer all of it.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["integer", "text", "boolean", "real", "datetime", "json"]

SERVING_REVISION = "serving"
"""Name of the revision row. Its value grows in the same transaction as any change to
keys, slots, models, the activity of users, the salt or the sampling of a project."""

MODEL_READY = "READY"
"""Status of a trained model that has a file to serve."""


@dataclass(frozen=True)
class Column:
    """A column by its database name."""

    name: str
    kind: Kind
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """A table by its database name, with the columns that may be read."""

    name: str
    columns: tuple[Column, ...]


REVISION = Table(
    "core_revision",
    (Column("name", "text"), Column("value", "integer")),
)
API_KEY = Table(
    "keys_apikey",
    (
        Column("id", "integer"),
        Column("project_id", "integer"),
        Column("key_prefix", "text"),
        Column("key_hash", "text"),
        Column("scopes", "json"),
        Column("is_active", "boolean"),
        Column("expires_at", "datetime", nullable=True),
        Column("created_by_id", "integer"),
    ),
)
USER = Table(
    "accounts_user",
    (Column("id", "integer"), Column("is_active", "boolean")),
)
PROJECT = Table(
    "projects_project",
    (
        Column("id", "integer"),
        Column("owner_id", "integer"),
        Column("assignment_salt", "text"),
        Column("exposure_sampling", "real"),
    ),
)
TRAINED_MODEL = Table(
    "training_trainedmodel",
    (
        Column("id", "integer"),
        Column("configuration_id", "integer"),
        Column("status", "text"),
        Column("file", "text", nullable=True),
        Column("updated_at", "datetime"),
    ),
)
MODEL_CONFIGURATION = Table(
    "training_modelconfiguration",
    (Column("id", "integer"), Column("project_id", "integer")),
)
DEPLOYMENT_SLOT = Table(
    "deployment_deploymentslot",
    (
        Column("id", "integer"),
        Column("project_id", "integer"),
        Column("name", "text"),
        Column("trained_model_id", "integer"),
        Column("weight", "integer"),
        Column("is_active", "boolean"),
    ),
)

TABLES = (
    REVISION,
    API_KEY,
    USER,
    PROJECT,
    TRAINED_MODEL,
    MODEL_CONFIGURATION,
    DEPLOYMENT_SLOT,
)
