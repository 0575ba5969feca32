"""A project's events as an interaction log to train on."""

import csv
import io
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile

from recotem.core.actor import Actor
from recotem.datasets.models import TrainingData
from recotem.datasets.services.uploads import upload_training_data
from recotem.experiments.errors import NoEvents, TooManyEvents
from recotem.experiments.models import ConversionEvent
from recotem.projects.models import Project
from recotem.projects.services import require_role

_CHUNK = 10_000


def events_to_training_data(
    *,
    actor: Actor,
    project: Project,
    event_types: Collection[str],
    since: datetime | None = None,
) -> TrainingData:
    """New training data made of the events of these types, from `since` on.

    Events without an item are left out. The file passes the checks of an upload.
    NoEvents if there is nothing to export, TooManyEvents if the file would be larger
    than an upload may be.
    """
    require_role(actor, project, "editor")
    events = ConversionEvent.objects.filter(
        project=project, event_type__in=event_types
    ).exclude(item_id="")
    if since is not None:
        events = events.filter(timestamp__gte=since)
    columns = ["user_id", "item_id", "timestamp"][: 3 if project.time_column else 2]
    rows = events.order_by("id").values_list(*columns).iterator(chunk_size=_CHUNK)
    with TemporaryUploadedFile("events.csv", "text/csv", 0, "utf-8") as file:
        if not _write(file, project, rows):
            raise NoEvents
        return upload_training_data(actor=actor, project=project, file=file)


def _write(
    file: TemporaryUploadedFile, project: Project, rows: Iterator[tuple[Any, ...]]
) -> int:
    """How many characters of events came below the header."""
    names = (project.user_column, project.item_column, project.time_column)
    text = io.TextIOWrapper(cast("BinaryIO", file.file), encoding="utf-8", newline="")
    table = csv.writer(text)
    table.writerow(filter(None, names))
    written = 0
    for user, item, *times in rows:
        written += table.writerow([user, item, *(time.isoformat() for time in times)])
        if written > settings.RECOTEM_MAX_UPLOAD_BYTES:
            raise TooManyEvents
    text.flush()
    text.detach()
    file.size = file.tell()
    return written
