from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet, ModelViewSet, ReadOnlyModelViewSet

from recotem.core.views import (
    ActorMixin,
    CreatedByResourceMixin,
    ImpactMixin,
    OwnedResourceMixin,
)
from recotem.projects.permissions import HasRole
from recotem.tuning import selectors
from recotem.tuning.filters import (
    EvaluationConfigFilterSet,
    SplitConfigFilterSet,
    TaskLogFilterSet,
    TuningJobFilterSet,
)
from recotem.tuning.serializers import (
    AlgorithmSerializer,
    EvaluationConfigSerializer,
    ParameterTuningJobSerializer,
    SplitConfigSerializer,
    TaskLogSerializer,
    TrialSerializer,
)
from recotem.tuning.services import configs, tuning_jobs


class ConfigViewSet(ImpactMixin, CreatedByResourceMixin, ModelViewSet):
    """Configurations belong to who created them."""

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = configs.create_config(
            actor=self.actor,
            model=serializer.Meta.model,
            values=serializer.validated_data,
        )

    def perform_update(self, serializer: Any) -> None:
        configs.update_config(
            actor=self.actor,
            config=serializer.instance,
            changes=serializer.validated_data,
        )

    def perform_destroy(self, instance: Any) -> None:
        configs.delete_config(actor=self.actor, config=instance)


class SplitConfigViewSet(ConfigViewSet):
    """How interactions are held out. Used ones can only be renamed."""

    selector = selectors.split_configs_for
    serializer_class = SplitConfigSerializer
    filterset_class = SplitConfigFilterSet


class EvaluationConfigViewSet(ConfigViewSet):
    """Which metric decides. Used ones can only be renamed."""

    selector = selectors.evaluation_configs_for
    serializer_class = EvaluationConfigSerializer
    filterset_class = EvaluationConfigFilterSet


class ParameterTuningJobViewSet(OwnedResourceMixin, ModelViewSet):
    """Searches for the best algorithm and parameters. Creating one starts it."""

    selector = selectors.tuning_jobs_for
    permission_classes = (HasRole,)
    serializer_class = ParameterTuningJobSerializer
    filterset_class = TuningJobFilterSet

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = tuning_jobs.create_tuning_job(
            actor=self.actor, values=serializer.validated_data
        )

    def perform_update(self, serializer: Any) -> None:
        """What steers a search is fixed: a change is refused with 409."""
        tuning_jobs.update_tuning_job(
            actor=self.actor,
            tuning_job=serializer.instance,
            changes=serializer.validated_data,
        )

    def perform_destroy(self, instance: Any) -> None:
        tuning_jobs.delete_tuning_job(actor=self.actor, tuning_job=instance)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the search; 409 when it has ended."""
        tuning_jobs.cancel_tuning_job(actor=self.actor, tuning_job=self.get_object())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Go on with a search that FAILED or was CANCELLED; 409 if that cannot be."""
        tuning_jobs.retry_tuning_job(actor=self.actor, tuning_job=self.get_object())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=TrialSerializer(many=True))
    @action(detail=True, filterset_class=None, serializer_class=TrialSerializer)
    def trials(self, request: Request, pk: str) -> Response:
        """The trials that have ended, the newest first."""
        page = self.paginate_queryset(selectors.finished_trials(self.get_object()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class TaskLogViewSet(OwnedResourceMixin, ReadOnlyModelViewSet):
    """What jobs wrote down, line by line."""

    selector = selectors.task_logs_for
    serializer_class = TaskLogSerializer
    filterset_class = TaskLogFilterSet


class AlgorithmViewSet(ActorMixin, mixins.ListModelMixin, GenericViewSet):
    """What can be tuned and trained."""

    serializer_class = AlgorithmSerializer
    filter_backends = ()

    def get_queryset(self) -> Any:
        return selectors.algorithms()
