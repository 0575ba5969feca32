"""Rows and files that go."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import NotFound
from recotem.core.storage import delete_files
from recotem.datasets.errors import DataInUse
from recotem.datasets.models import ItemMetaData, StoredTable, TrainingData
from recotem.jobs.models import OPEN
from recotem.projects.services import require_role


def audited(row: StoredTable) -> dict[str, Any]:
    """What the audit log tells of the file of a row; item tables have no versions."""
    distinct = "version" if isinstance(row, TrainingData) else "file"
    return facts(row, ("basename", "n_rows", distinct))


@transaction.atomic
def unlink_file[T: (TrainingData, ItemMetaData)](*, actor: Actor, data: T) -> T:
    """Give up the file, of all versions if there are many, and keep the row."""
    row = lock(data)
    require_role(actor, row.project, "owner")
    refuse_in_use(row)
    delete_files(row.files)
    before = audited(row)
    nothing = dict.fromkeys(before)
    record(actor, Action.UPDATE, row, before, nothing, project=row.project_id)
    if isinstance(row, TrainingData):
        row.versions.update(file=None, columnar="")
    row.file, row.columnar = None, ""
    row.save(update_fields=["file", "columnar", "updated_at"])
    return row


@transaction.atomic
def delete_table[T: (TrainingData, ItemMetaData)](*, actor: Actor, data: T) -> None:
    """Delete the row and all that was made from it; files follow by themselves."""
    row = lock(data)
    require_role(actor, row.project, "owner")
    refuse_in_use(row)
    record(actor, Action.DELETE, row, project=row.project_id)
    row.delete()


def lock[T: (TrainingData, ItemMetaData)](data: T) -> T:
    """The row as it is now, held until the transaction ends."""
    rows = type(data).objects.select_for_update(of=("self",))
    row = rows.select_related("project").filter(pk=data.pk).first()
    if row is None:
        raise NotFound
    return row


def refuse_in_use(data: StoredTable) -> None:
    """Refuse to take a file away that an open job reads."""
    if any(rows.exists() for rows in readers(data)):
        raise DataInUse


def readers(data: StoredTable) -> list[QuerySet[Any]]:
    """Open jobs that read the files of a table."""
    if not isinstance(data, TrainingData):
        return []
    rows = data.tuning_jobs, data.trained_models
    return [each.filter(job__status__in=OPEN) for each in rows]
