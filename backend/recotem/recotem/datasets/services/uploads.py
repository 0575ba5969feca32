"""Taking files in: all of it, or no row and no file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, record
from recotem.core.errors import Invalid
from recotem.core.storage import NewFolder, delete_files, new_folder, safe_name
from recotem.datasets.errors import DataChanged, ProjectChanged
from recotem.datasets.models import DataStatus, ItemMetaData, TrainingData
from recotem.datasets.services.files import audited, lock
from recotem.datasets.services.reading import columnar_file
from recotem.datasets.services.versions import keep_version
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
        data = TrainingData.objects.create(project=project, **values)
        record(actor, Action.CREATE, data, project=project.pk)
        return keep_version(data, actor)


def replace_training_data(
    *, actor: Actor, data: TrainingData, file: UploadedFile
) -> TrainingData:
    """A new version of an interaction log; those before stay with who reads them."""
    require_role(actor, data.project, "editor")
    with _interactions(data.project, file) as values, transaction.atomic():
        _lock_unchanged(data.project)
        return _next_version(actor, lock(data), values)


def append_training_data(
    *, actor: Actor, data: TrainingData, file: UploadedFile
) -> TrainingData:
    """A new version with the rows of the newest and those of the file.

    Raises FileGone when there is nothing to append to, DataChanged when somebody else
    made a version meanwhile.
    """
    require_role(actor, data.project, "editor")
    onto = str(columnar_file(data))
    with _interactions(data.project, file, onto=onto) as values, transaction.atomic():
        _lock_unchanged(data.project)
        row = lock(data)
        if row.columnar != data.columnar:
            raise DataChanged
        return _next_version(actor, row, values, appended=True)


def upload_item_meta_data(
    *, actor: Actor, project: Project, file: UploadedFile
) -> ItemMetaData:
    """A new table of a project's items."""
    require_role(actor, project, "editor")
    with _items(project, file) as values, transaction.atomic():
        _lock_unchanged(project)
        data = ItemMetaData.objects.create(project=project, **values)
        record(actor, Action.CREATE, data, project=project.pk)
        return data


def replace_item_meta_data(
    *, actor: Actor, data: ItemMetaData, file: UploadedFile
) -> ItemMetaData:
    """A new version of an item table; the old file goes."""
    require_role(actor, data.project, "editor")
    with _items(data.project, file) as values, transaction.atomic():
        _lock_unchanged(data.project)
        row = lock(data)
        delete_files(row.files)
        return _changed(actor, row, values)


@contextmanager
def _interactions(
    project: Project, file: UploadedFile, *, onto: str | None = None
) -> Iterator[Values]:
    columns = {
        "user": project.user_column,
        "item": project.item_column,
        "time": project.time_column or None,
    }
    with new_folder("training_data", project.pk) as folder:
        columnar = f"{DERIVED}/interactions.parquet"
        out = folder.local(columnar)
        facts = import_upload(
            "import_interactions", file, out, columns=columns, onto=onto
        )
        counts = {name: facts[name] for name in ("n_users", "n_items", "fingerprint")}
        yield {**_stored(folder, file, columnar), "n_rows": facts["n_rows"], **counts}


@contextmanager
def _items(project: Project, file: UploadedFile) -> Iterator[Values]:
    with new_folder("item_meta_data", project.pk) as folder:
        columnar = f"{DERIVED}/items.parquet"
        out = folder.local(columnar)
        facts = import_upload(
            "import_item_metadata", file, out, item_column=project.item_column
        )
        others = [name for name in facts["columns"] if name != project.item_column]
        stored = _stored(folder, file, columnar)
        yield {**stored, "n_rows": facts["n_rows"], "valid_columns_list_json": others}


def _stored(folder: NewFolder, file: UploadedFile, columnar: str) -> Values:
    """Bring all to its place; what the row has to say about it."""
    name = str(file.name)
    kept_as = safe_name(name)
    shutil.move(temporary_path(file), folder.local(kept_as))
    folder.publish()
    return {
        "file": f"{folder.path}/{kept_as}",
        "columnar": f"{folder.path}/{columnar}",
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


def _next_version(
    actor: Actor, row: TrainingData, values: Values, *, appended: bool = False
) -> TrainingData:
    data = _changed(actor, row, {**values, "version": row.version + 1})
    return keep_version(data, actor, appended=appended)


def _changed[T: (TrainingData, ItemMetaData)](
    actor: Actor, row: T, values: Values
) -> T:
    before = audited(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    record(actor, Action.UPDATE, row, before, audited(row), project=row.project_id)
    return row
