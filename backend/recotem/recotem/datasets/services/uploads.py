"""Taking files in: all of it, or no row and no file."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.errors import Invalid
from recotem.core.storage import delete_files, move_in, new_folder, safe_name
from recotem.datasets.errors import ProjectChanged
from recotem.datasets.models import DataStatus, ItemMetaData, TrainingData
from recotem.datasets.services.files import lock, refuse_in_use
from recotem.datasets.table_reader import DERIVED, import_upload, temporary_path
from recotem.projects.models import Project
from recotem.projects.services import require_role

type Values = dict[str, object]


def upload_training_data(
    *, actor: Actor, project: Project, file: UploadedFile
) -> TrainingData:
    """A new interaction log of a project."""
    require_role(actor, project, "editor")
    with _interactions(project, file) as values, transaction.atomic():
        _lock_unchanged(project)
        return TrainingData.objects.create(project=project, **values)


def replace_training_data(
    *, actor: Actor, data: TrainingData, file: UploadedFile
) -> TrainingData:
    """A new version of an interaction log; the old file goes."""
    require_role(actor, data.project, "editor")
    refuse_in_use(data)
    with _interactions(data.project, file) as values, transaction.atomic():
        _lock_unchanged(data.project)
        version = lock(data).version + 1
        return _replaced(data, {**values, "version": version})


def upload_item_meta_data(
    *, actor: Actor, project: Project, file: UploadedFile
) -> ItemMetaData:
    """A new table of a project's items."""
    require_role(actor, project, "editor")
    with _items(project, file) as values, transaction.atomic():
        _lock_unchanged(project)
        return ItemMetaData.objects.create(project=project, **values)


def replace_item_meta_data(
    *, actor: Actor, data: ItemMetaData, file: UploadedFile
) -> ItemMetaData:
    """A new version of an item table; the old file goes."""
    require_role(actor, data.project, "editor")
    with _items(data.project, file) as values, transaction.atomic():
        _lock_unchanged(data.project)
        return _replaced(data, values)


@contextmanager
def _interactions(project: Project, file: UploadedFile) -> Iterator[Values]:
    columns = {
        "user": project.user_column,
        "item": project.item_column,
        "time": project.time_column or None,
    }
    with new_folder("training_data", project.pk) as folder:
        columnar = f"{folder}/{DERIVED}/interactions.parquet"
        facts = import_upload("import_interactions", file, columnar, columns=columns)
        counts = {name: facts[name] for name in ("n_users", "n_items", "fingerprint")}
        yield {**_stored(folder, file, columnar), "n_rows": facts["n_rows"], **counts}


@contextmanager
def _items(project: Project, file: UploadedFile) -> Iterator[Values]:
    with new_folder("item_meta_data", project.pk) as folder:
        columnar = f"{folder}/{DERIVED}/items.parquet"
        facts = import_upload(
            "import_item_metadata", file, columnar, item_column=project.item_column
        )
        others = [name for name in facts["columns"] if name != project.item_column]
        stored = _stored(folder, file, columnar)
        yield {**stored, "n_rows": facts["n_rows"], "valid_columns_list_json": others}


def _stored(folder: str, file: UploadedFile, columnar: str) -> Values:
    """Move the file to its place; what the row has to say about it."""
    name = str(file.name)
    path = f"{folder}/{safe_name(name)}"
    move_in(temporary_path(file), path)
    return {
        "file": path,
        "columnar": columnar,
        "basename": name,
        "filesize": file.size,
        "status": DataStatus.READY,
        "error": "",
    }


def _lock_unchanged(project: Project) -> None:
    """Hold the project; refuse if its columns are not those the file was read with."""
    now = Project.objects.select_for_update().filter(pk=project.pk).first()
    if now is None:
        raise Invalid({"project": ["not found"]})
    names = ("user_column", "item_column", "time_column")
    if any(getattr(now, name) != getattr(project, name) for name in names):
        raise ProjectChanged


def _replaced[T: (TrainingData, ItemMetaData)](data: T, values: Values) -> T:
    row = lock(data)
    refuse_in_use(row)
    delete_files(row.files)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row
