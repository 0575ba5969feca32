"""Every route of the management API."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerView,
)
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from recotem.accounts import views as accounts
from recotem.api.views import AuditLogViewSet, HealthView, PingView
from recotem.datasets import views as datasets
from recotem.deployment import views as deployment
from recotem.experiments import views as experiments
from recotem.keys import views as keys
from recotem.projects import views as projects
from recotem.retraining import views as retraining
from recotem.training import views as training
from recotem.tuning import views as tuning

RESOURCES: dict[str, type[ViewSetMixin]] = {
    "project": projects.ProjectViewSet,
    r"project/(?P<project_id>[0-9]+)/members": projects.MemberViewSet,
    r"project/(?P<project_id>[0-9]+)/audit_log": projects.ProjectAuditLogViewSet,
    "project_summary": projects.ProjectSummaryViewSet,
    "training_data": datasets.TrainingDataViewSet,
    "item_meta_data": datasets.ItemMetaDataViewSet,
    "model_configuration": training.ModelConfigurationViewSet,
    "trained_model": training.TrainedModelViewSet,
    "split_config": tuning.SplitConfigViewSet,
    "evaluation_config": tuning.EvaluationConfigViewSet,
    "parameter_tuning_job": tuning.ParameterTuningJobViewSet,
    "task_log": tuning.TaskLogViewSet,
    "algorithms": tuning.AlgorithmViewSet,
    "retraining_schedule": retraining.RetrainingScheduleViewSet,
    "retraining_run": retraining.RetrainingRunViewSet,
    "webhook": retraining.WebhookViewSet,
    "webhook_delivery": retraining.WebhookDeliveryViewSet,
    "deployment_slot": deployment.DeploymentSlotViewSet,
    "deployment": deployment.DeploymentViewSet,
    "gate_review": deployment.GateReviewViewSet,
    "ab_test": experiments.ABTestViewSet,
    "conversion_event": experiments.ConversionEventViewSet,
    "api_keys": keys.ApiKeyViewSet,
    "users": accounts.AccountViewSet,
    "audit_log": AuditLogViewSet,
}

router = SimpleRouter()
for name, viewset in RESOURCES.items():
    basename = name.replace("project/(?P<project_id>[0-9]+)/", "project_")
    router.register(name, viewset, basename=basename)
# What a project has and can do that its own app does not know of.
router.register("project", deployment.DeploymentGateViewSet, basename="project_gate")
router.register("project", experiments.ABTestPlanViewSet, basename="project_plans")
router.register("project", experiments.EventExportViewSet, basename="project_events")
router.register("project", experiments.TrafficViewSet, basename="project_traffic")

auth: list[URLPattern | URLResolver] = [
    path("login/", accounts.LoginView.as_view(), name="login"),
    path("logout/", accounts.LogoutView.as_view(), name="logout"),
    path("token/refresh/", accounts.RefreshView.as_view(), name="token_refresh"),
    path("token/verify/", accounts.VerifyView.as_view(), name="token_verify"),
    path("user/", accounts.UserView.as_view(), name="user"),
    path(
        "password/change/",
        accounts.PasswordChangeView.as_view(),
        name="password_change",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("auth/", include(auth)),
    path("ping/", PingView.as_view(), name="ping"),
    path("health/", HealthView.as_view(), name="health"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "schema/swagger-ui/",
        SpectacularSwaggerView.as_view(url_name="v1:schema"),
        name="swagger-ui",
    ),
    path(
        "schema/redoc/",
        SpectacularRedocView.as_view(url_name="v1:schema"),
        name="redoc",
    ),
]
