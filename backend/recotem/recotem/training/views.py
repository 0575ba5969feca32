import json
from pathlib import PurePosixPath
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from recotem.core.downloads import DOWNLOAD, download
from recotem.core.permissions import IsAllowed
from recotem.core.throttling import (
    AnonymousThrottle,
    CallerThrottle,
    RecommendationThrottle,
)
from recotem.core.views import ImpactMixin
from recotem.datasets.selectors import item_meta_data_for
from recotem.projects.permissions import HasRole
from recotem.training.selectors import model_configurations_for, trained_models_for
from recotem.training.serializers import (
    ModelConfigurationSerializer,
    ProfileSerializer,
    RecommendationSerializer,
    RecommendationsSerializer,
    SampleQuerySerializer,
    SampleRecommendationMetadataSerializer,
    SampleRecommendationSerializer,
    TrainedModelSerializer,
    UserQuerySerializer,
)
from recotem.training.services import configurations, models, recommend

_PREVIEW: dict[str, Any] = {
    "detail": True,
    "filterset_fields": (),
    "pagination_class": None,
    "may_conflict": True,
    "throttle_classes": (AnonymousThrottle, CallerThrottle, RecommendationThrottle),
}


class ModelConfigurationViewSet(ImpactMixin, ModelViewSet):
    """Algorithms with their parameters."""

    selector = model_configurations_for
    permission_classes = (HasRole,)
    serializer_class = ModelConfigurationSerializer
    filterset_fields = ("id", "project")

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = configurations.create_configuration(
            actor=self.actor, **serializer.validated_data
        )

    def perform_update(self, serializer: BaseSerializer) -> None:
        serializer.instance = configurations.update_configuration(
            actor=self.actor,
            configuration=self.get_object(),
            changes=serializer.validated_data,
        )

    def perform_destroy(self, instance: Any) -> None:
        configurations.delete_configuration(actor=self.actor, configuration=instance)


class TrainedModelViewSet(ImpactMixin, ModelViewSet):
    """Models. Creating one queues its training."""

    selector = trained_models_for
    permission_classes = (HasRole,)
    serializer_class = TrainedModelSerializer
    may_conflict = False
    filterset_fields = (
        "id",
        "configuration",
        "data_loc",
        "data_loc__project",
        "status",
    )

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = models.create_model(
            actor=self.actor,
            configuration=serializer.validated_data["configuration"],
            data=serializer.validated_data["data_loc"],
        )

    def perform_update(self, serializer: BaseSerializer) -> None:
        """What a model was trained with cannot change, and nothing else can."""

    def perform_destroy(self, instance: Any) -> None:
        models.delete_model(actor=self.actor, model=instance)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], may_conflict=True)
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the training; 409 when it has ended, or is part of a tuning job."""
        models.cancel_training(actor=self.actor, model=self.get_object())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], may_conflict=True)
    def retry(self, request: Request, pk: str) -> Response:
        """Train a FAILED model after all; 409 with the reason if that cannot be."""
        models.retry_training(actor=self.actor, model=self.get_object())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=DOWNLOAD)
    @action(detail=True)
    def download_file(self, request: Request, pk: str) -> HttpResponseBase:
        """The signed model file."""
        path = models.stored_file(self.get_object())
        return download(path, name=PurePosixPath(path).name)

    @action(detail=True, methods=["delete"])
    def unlink_file(self, request: Request, pk: str) -> Response:
        """Give up the file; the entry stays."""
        row = models.unlink_file(actor=self.actor, model=self.get_object())
        return Response(self.get_serializer(row).data)

    @extend_schema(
        parameters=[UserQuerySerializer],
        responses=RecommendationSerializer(many=True),
    )
    @action(**_PREVIEW)
    def recommendation(self, request: Request, pk: str) -> Response:
        """The best items for a user."""
        model = self.get_object()
        query = self.asked(UserQuerySerializer)
        return Response(recommend.for_user(model=model, **query))

    @extend_schema(
        parameters=[SampleQuerySerializer], responses=SampleRecommendationSerializer
    )
    @action(**_PREVIEW)
    def sample_recommendation_raw(self, request: Request, pk: str) -> Response:
        """What some user took, and would be recommended."""
        model = self.get_object()
        query = self.asked(SampleQuerySerializer)
        return Response(recommend.sample(model=model, **query))

    @extend_schema(
        parameters=[
            OpenApiParameter("metadata_id", int, OpenApiParameter.PATH),
            SampleQuerySerializer,
        ],
        responses=SampleRecommendationMetadataSerializer,
    )
    @action(
        **_PREVIEW,
        url_path=r"sample_recommendation_metadata/(?P<metadata_id>\d{1,18})",
    )
    def sample_recommendation_metadata(
        self, request: Request, pk: str, metadata_id: str
    ) -> Response:
        """The same with what is known of the items."""
        model = self.get_object()
        tables = item_meta_data_for(self.actor)
        table = get_object_or_404(tables, pk=metadata_id, project=model.project_id)
        query = self.asked(SampleQuerySerializer)
        shown = recommend.sample_with_metadata(model=model, metadata=table, **query)
        for name in ("user_profile", "recommendations"):
            shown[name] = json.dumps(shown[name], ensure_ascii=False)
        return Response(shown)

    @extend_schema(request=ProfileSerializer, responses=RecommendationsSerializer)
    @action(**_PREVIEW, methods=["post"], permission_classes=(IsAllowed,))
    def recommend_using_profile_interaction(
        self, request: Request, pk: str
    ) -> Response:
        """The best items for somebody who took these."""
        model = self.get_object()
        form = ProfileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        found = recommend.for_profile(model=model, **form.validated_data)
        return Response({"recommendations": found})
