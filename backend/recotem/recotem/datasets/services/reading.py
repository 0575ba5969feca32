"""What people and other apps may see of an uploaded table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recotem.core.storage import file_exists, local_path
from recotem.datasets.errors import FileGone
from recotem.datasets.models import ItemMetaData, StoredTable, TrainingData
from recotem.datasets.table_reader import derived
from recotem_engine.json_values import json_value

#: Rows that a preview can show at most.
PREVIEW_ROWS = 200


def preview(table: StoredTable, *, n_rows: int) -> dict[str, Any]:
    """The first rows of the file as it was uploaded, and how many there are."""
    shown = derived(
        table,
        "preview.json",
        "preview_table",
        path=str(stored_file(table)),
        name=table.basename,
        n_rows=PREVIEW_ROWS,
    )
    return {**shown, "rows": shown["rows"][:n_rows]}


def profile(data: TrainingData) -> dict[str, Any]:
    """The data report of an interaction log."""
    path = str(columnar_file(data))
    return derived(data, "profile.json", "profile_interactions", path=path)


def stored_path(table: StoredTable) -> str:
    """Storage path of the uploaded file; FileGone if it was removed."""
    if not table.file or not file_exists(table.file):
        raise FileGone
    return table.file


def stored_file(table: StoredTable) -> Path:
    """The uploaded file on this machine; FileGone if it was removed."""
    return _existing(table.file)


def columnar_file(table: StoredTable) -> Path:
    """The columnar copy on this machine; FileGone if it was removed."""
    if not table.is_usable:
        raise FileGone
    return _existing(table.columnar)


def _existing(storage_path: str | None) -> Path:
    path = local_path(storage_path) if storage_path else None
    if path is None or not path.is_file():
        raise FileGone
    return path


def item_records(
    metadata: ItemMetaData, item_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What the table says of some items; one record each, without the id itself."""
    import polars as pl  # noqa: PLC0415 — only this question needs it in the web process

    table = pl.scan_parquet(columnar_file(metadata))
    id_column = table.collect_schema().names()[0]
    wanted = table.filter(pl.col(id_column).is_in(list(item_ids))).collect()
    return {
        str(row.pop(id_column)): {name: json_value(cell) for name, cell in row.items()}
        for row in wanted.iter_rows(named=True)
    }
