from django.db.models import Q, QuerySet
from django_filters.filters import ChoiceFilter

from recotem.core.filters import BooleanFilter, IdFilter, ResourceFilterSet
from recotem.jobs.models import JobStatus, TaskLog
from recotem.tuning.models import (
    EvaluationConfig,
    ParameterTuningJob,
    SplitConfig,
)

_UNNAMED = Q(name=None) | Q(name="")


class UnnamedFilterSet(ResourceFilterSet):
    """`unnamed=true` gives those without a name, `false` those with one."""

    unnamed = BooleanFilter(method="filter_unnamed")

    def filter_unnamed(self, rows: QuerySet, _name: str, value: object) -> QuerySet:
        return rows.filter(_UNNAMED) if value else rows.exclude(_UNNAMED)


class SplitConfigFilterSet(UnnamedFilterSet):
    class Meta:
        model = SplitConfig
        fields = ("id", "name", "unnamed")


class EvaluationConfigFilterSet(UnnamedFilterSet):
    class Meta:
        model = EvaluationConfig
        fields = ("id", "name", "unnamed")


class TuningJobFilterSet(ResourceFilterSet):
    status = ChoiceFilter(field_name="job__status", choices=JobStatus.choices)

    class Meta:
        model = ParameterTuningJob
        fields = ("id", "data", "data__project", "status")


class TaskLogFilterSet(ResourceFilterSet):
    """Lines of one job, model or review; `id_gt` gives those after a known one."""

    tuning_job_id = IdFilter(field_name="job__tuning_job__id")
    model_id = IdFilter(method="filter_model")
    review_id = IdFilter(field_name="job__gate_review__id")
    id_gt = IdFilter(field_name="id", lookup_expr="gt")

    class Meta:
        model = TaskLog
        fields = ("id", "tuning_job_id", "model_id", "review_id", "id_gt")

    def filter_model(self, rows: QuerySet, _name: str, value: object) -> QuerySet:
        """A model made by a tuning job has the lines of that job."""
        return rows.filter(
            Q(job__trained_model__id=value) | Q(job__tuning_job__tuned_model_id=value)
        )
