from django.conf import settings
from django.db import models

from recotem.core.models import Timestamped
from recotem.core.storage import folder_of
from recotem.projects.models import Project


class DataStatus(models.TextChoices):
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"


class StoredTable(Timestamped):
    """An uploaded file and the columnar copy made of it.

    Both are paths in the storage; both are empty once the file was unlinked.
    """

    file = models.CharField(max_length=1024, null=True, blank=True)  # noqa: DJ001
    columnar = models.CharField(max_length=1024, blank=True, default="")
    basename = models.CharField(max_length=512)
    filesize = models.BigIntegerField(null=True)
    n_rows = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(
        max_length=16, choices=DataStatus, default=DataStatus.PENDING
    )
    error = models.TextField(blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.basename

    @property
    def is_usable(self) -> bool:
        """Whether there is a file to read."""
        return self.status == DataStatus.READY and bool(self.file)


class TrainingData(StoredTable):
    """An interaction log: the newest of its versions."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="training_data", db_index=False
    )
    n_users = models.BigIntegerField(null=True)
    n_items = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="data_of_project")]

    @property
    def files(self) -> tuple[str | None, ...]:
        """The folders of all uploads that there were."""
        paths = self.versions.values_list("file", flat=True)
        return tuple(folder_of(path) for path in paths)


class DataVersion(models.Model):
    """What an interaction log was from an upload until the next.

    `file` is what was uploaded then. Of a version that was `appended` it is the new
    part only; counts, fingerprint and columnar copy are those of the whole.
    """

    training_data = models.ForeignKey(
        TrainingData, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    appended = models.BooleanField(default=False)
    file = models.CharField(max_length=1024, null=True, blank=True)  # noqa: DJ001
    columnar = models.CharField(max_length=1024, blank=True, default="")
    basename = models.CharField(max_length=512)
    filesize = models.BigIntegerField(null=True)
    n_rows = models.BigIntegerField(null=True)
    n_users = models.BigIntegerField(null=True)
    n_items = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ins_datetime = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["training_data", "number"], name="one_version_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.basename} (version {self.number})"

    @property
    def files(self) -> tuple[str | None]:
        """What has to go with the row: the folder of the upload."""
        return (folder_of(self.file),)


class ItemMetaData(StoredTable):
    """What is known of the items: titles, categories, pictures."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="item_meta_data", db_index=False
    )
    valid_columns_list_json = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="item_table_of_project")]

    @property
    def files(self) -> tuple[str | None]:
        """What has to go with the row: the folder of the upload."""
        return (folder_of(self.file),)
