from django_filters import filters

from recotem.core.filters import ResourceFilterSet
from recotem.deployment.models import GateReview
from recotem.jobs.models import JobStatus


class GateReviewFilterSet(ResourceFilterSet):
    status = filters.ChoiceFilter(field_name="job__status", choices=JobStatus.choices)

    class Meta:
        model = GateReview
        fields = ("project", "slot", "trained_model", "status")
