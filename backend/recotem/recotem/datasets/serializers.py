from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from recotem.core.errors import Invalid
from recotem.core.fields import OwnedPrimaryKeyField
from recotem.datasets.models import DataVersion, ItemMetaData, TrainingData
from recotem.datasets.services.reading import PREVIEW_ROWS
from recotem.projects.selectors import projects_for

_SHOWN = (
    "id",
    "project",
    "file",
    "basename",
    "filesize",
    "n_rows",
    "status",
    "error",
    "ins_datetime",
    "updated_at",
)


class AppendSerializer(serializers.Serializer):
    """A form with a file."""

    file = serializers.FileField(allow_empty_file=True)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        limit = settings.RECOTEM_MAX_UPLOAD_BYTES
        if (file.size or 0) > limit:
            message = f"The file is larger than {limit:,} bytes."
            raise Invalid({"file": [message]}, code="file_too_large")
        return file


class UploadSerializer(AppendSerializer):
    """What a form with a file has to say."""

    project = OwnedPrimaryKeyField(selector=projects_for, fixed=True)


class TrainingDataSerializer(serializers.ModelSerializer):
    class Meta:
        model = TrainingData
        fields = (*_SHOWN, "n_users", "n_items", "version")
        read_only_fields = fields


class DataVersionSerializer(serializers.ModelSerializer):
    """What was appended has the file, basename and filesize of the new part alone."""

    class Meta:
        model = DataVersion
        fields = (
            "number",
            "appended",
            "file",
            "basename",
            "filesize",
            "n_rows",
            "n_users",
            "n_items",
            "fingerprint",
            "created_by",
            "ins_datetime",
        )
        read_only_fields = fields


class ItemMetaDataSerializer(serializers.ModelSerializer):
    valid_columns_list_json = serializers.ListField(
        child=serializers.CharField(), read_only=True
    )

    class Meta:
        model = ItemMetaData
        fields = (*_SHOWN, "valid_columns_list_json")
        read_only_fields = fields


class PreviewQuerySerializer(serializers.Serializer):
    n_rows = serializers.IntegerField(default=50, min_value=1, max_value=PREVIEW_ROWS)


class TablePreviewSerializer(serializers.Serializer):
    """The first rows of a file, each a list of cells in the order of the columns."""

    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField())
    total_rows = serializers.IntegerField()
