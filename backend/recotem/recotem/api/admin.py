"""`/admin/`: what the rows are, for staff to look at. Changes go through the API,
whose services hold the rules."""

from types import SimpleNamespace
from typing import Any, NoReturn
from unicodedata import normalize

from django.contrib import admin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse

from recotem.accounts.models import User
from recotem.accounts.throttling import LoginAddressThrottle, LoginNameThrottle
from recotem.core.models import AuditEntry
from recotem.datasets.models import DataVersion, ItemMetaData, TrainingData
from recotem.deployment.models import (
    Deployment,
    DeploymentGate,
    DeploymentSlot,
    GateReview,
)
from recotem.experiments.models import ABTest
from recotem.jobs.models import Job, JobAttempt
from recotem.keys.models import ApiKey
from recotem.projects.models import Membership, Project
from recotem.retraining.models import (
    RetrainingRun,
    RetrainingSchedule,
    Webhook,
    WebhookDelivery,
)
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.tuning.models import EvaluationConfig, ParameterTuningJob, SplitConfig

#: Fields that nobody is shown.
SECRETS = (
    "password",
    "key_hash",
    "assignment_salt",
    "secret_salt",
    "former_salt",
)
_SHOWN = (
    User,
    Project,
    Membership,
    ApiKey,
    TrainingData,
    DataVersion,
    ItemMetaData,
    SplitConfig,
    EvaluationConfig,
    ParameterTuningJob,
    ModelConfiguration,
    TrainedModel,
    DeploymentSlot,
    DeploymentGate,
    GateReview,
    Deployment,
    ABTest,
    RetrainingSchedule,
    RetrainingRun,
    Webhook,
    WebhookDelivery,
    Job,
    JobAttempt,
    AuditEntry,
)


class Site(admin.AdminSite):
    site_title = site_header = "Recotem"
    index_title = "What there is"

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Attempts count together with those at `auth/login/`."""
        seconds = _seconds_to_wait(request) if request.method == "POST" else 0
        if seconds:
            text = "There were too many attempts. Try again later."
            headers = {"Retry-After": str(seconds)}
            return HttpResponse(text, "text/plain", 429, headers=headers)
        return super().login(request, extra_context)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> NoReturn:
        """Passwords are changed where that also ends the sessions."""
        raise Http404


class ViewOnly(admin.ModelAdmin):
    """Rows to look at, for staff; nobody changes one here."""

    exclude = (*SECRETS, "groups", "user_permissions")
    list_display = ("id", "__str__")
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


def _seconds_to_wait(request: HttpRequest) -> int:
    """0 for an attempt that may be made; it is counted by address and by name."""
    # As the form will read the name, so that no spelling of it counts for itself.
    name = normalize("NFKC", request.POST.get("username", ""))
    attempt: Any = SimpleNamespace(
        META=request.META, headers=request.headers, data={"username": name}
    )
    throttles = (LoginAddressThrottle(), LoginNameThrottle())
    view: Any = site
    refused = [t for t in throttles if not t.allow_request(attempt, view)]
    return max([int(throttle.wait() or 0) + 1 for throttle in refused], default=0)


site = Site(name="admin")
site.register(_SHOWN, ViewOnly)
