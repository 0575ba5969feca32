from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from recotem.core.downloads import DOWNLOAD, download
from recotem.core.impact import Refusal
from recotem.core.views import ImpactMixin
from recotem.datasets.errors import DataInUse
from recotem.datasets.report_serializers import DataReportSerializer
from recotem.datasets.selectors import item_meta_data_for, training_data_for
from recotem.datasets.serializers import (
    AppendSerializer,
    DataVersionSerializer,
    ItemMetaDataSerializer,
    PreviewQuerySerializer,
    TablePreviewSerializer,
    TrainingDataSerializer,
    UploadSerializer,
)
from recotem.datasets.services import files, reading, uploads
from recotem.projects.permissions import HasRole


class StoredTableViewSet(ImpactMixin, ModelViewSet):
    """Tables that come as files, in multipart forms."""

    permission_classes = (HasRole,)
    parser_classes = (MultiPartParser,)
    filterset_fields = ("id", "project")
    upload: ClassVar[Callable[..., Any]]
    replace: ClassVar[Callable[..., Any]]

    @extend_schema(request={"multipart/form-data": UploadSerializer})
    def create(self, request: Request) -> Response:
        """Check a file and keep it; a refused one leaves nothing behind."""
        form = UploadSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        form.is_valid(raise_exception=True)
        row = type(self).upload(actor=self.actor, **form.validated_data)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request={"multipart/form-data": UploadSerializer})
    def update(self, request: Request, pk: str, *, partial: bool = False) -> Response:
        """Put a new version of the file in place of the present one."""
        row = self.get_object()
        form = UploadSerializer(
            row,
            data=request.data,
            partial=partial,
            context=self.get_serializer_context(),
        )
        form.is_valid(raise_exception=True)
        if file := form.validated_data.get("file"):
            row = type(self).replace(actor=self.actor, data=row, file=file)
        return Response(self.get_serializer(row).data)

    @extend_schema(request={"multipart/form-data": UploadSerializer(partial=True)})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Put a new version of the file in place of the present one."""
        return self.update(request, pk, partial=True)

    def perform_destroy(self, instance: Any) -> None:
        files.delete_table(actor=self.actor, data=instance)

    def refusals(self, row: Any) -> list[Refusal]:
        """Open jobs read the files."""
        return [(rows, DataInUse.message) for rows in files.readers(row)]

    @extend_schema(responses=DOWNLOAD)
    @action(detail=True)
    def download_file(self, request: Request, pk: str) -> HttpResponseBase:
        """The file as it was uploaded."""
        row = self.get_object()
        return download(reading.stored_path(row), name=row.basename)

    @action(detail=True, methods=["delete"])
    def unlink_file(self, request: Request, pk: str) -> Response:
        """Give up the file; the entry stays."""
        row = files.unlink_file(actor=self.actor, data=self.get_object())
        return Response(self.get_serializer(row).data)

    @extend_schema(
        parameters=[PreviewQuerySerializer], responses=TablePreviewSerializer
    )
    @action(detail=True, filterset_fields=(), pagination_class=None)
    def preview(self, request: Request, pk: str) -> Response:
        """The first rows of the file."""
        row = self.get_object()
        query = self.asked(PreviewQuerySerializer)
        return Response(reading.preview(row, **query))


class TrainingDataViewSet(StoredTableViewSet):
    """Interaction logs."""

    selector = training_data_for
    serializer_class = TrainingDataSerializer
    upload = uploads.upload_training_data
    replace = uploads.replace_training_data

    @extend_schema(responses=DataReportSerializer)
    @action(detail=True, filterset_fields=(), pagination_class=None)
    def profile(self, request: Request, pk: str) -> Response:
        """The data report: sizes, distributions, activity over time."""
        return Response(reading.profile(self.get_object()))

    @extend_schema(
        request={"multipart/form-data": AppendSerializer},
        responses={201: TrainingDataSerializer},
    )
    @action(detail=True, methods=["post"])
    def append(self, request: Request, pk: str) -> Response:
        """A new version: the rows of the newest and those of this file.

        Preview and download show the file that was appended.
        """
        row = self.get_object()
        form = AppendSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = uploads.append_training_data(
            actor=self.actor, data=row, **form.validated_data
        )
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=DataVersionSerializer(many=True))
    @action(detail=True, filterset_fields=(), serializer_class=DataVersionSerializer)
    def versions(self, request: Request, pk: str) -> Response:
        """What the log was before, the newest first."""
        page = self.paginate_queryset(self.get_object().versions.all())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ItemMetaDataViewSet(StoredTableViewSet):
    """Tables of items."""

    selector = item_meta_data_for
    serializer_class = ItemMetaDataSerializer
    upload = uploads.upload_item_meta_data
    replace = uploads.replace_item_meta_data
