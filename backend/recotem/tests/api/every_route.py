"""Every route of the router, and a row of each kind to try it with."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Model

from recotem.api.urls import router, urlpatterns
from recotem.projects.models import Project
from tests import factories

type Rows = Mapping[str, Callable[[Project], Model]]

#: What one of each kind is, in a given project.
ROW_OF: Rows = {
    "project": lambda project: project,
    "project_summary": lambda project: project,
    "training_data": lambda project: factories.TrainingDataFactory(project=project),
    "item_meta_data": lambda project: factories.ItemMetaDataFactory(project=project),
    "model_configuration": lambda project: factories.ModelConfigurationFactory(
        project=project
    ),
    "trained_model": lambda project: factories.TrainedModelFactory(
        configuration__project=project
    ),
    "split_config": lambda project: factories.SplitConfigFactory(
        created_by=project.owner
    ),
    "evaluation_config": lambda project: factories.EvaluationConfigFactory(
        created_by=project.owner
    ),
    "parameter_tuning_job": lambda project: factories.ParameterTuningJobFactory(
        data__project=project
    ),
    "task_log": lambda project: factories.TaskLogFactory(
        job=factories.ParameterTuningJobFactory(data__project=project).job
    ),
    "deployment_slot": lambda project: factories.DeploymentSlotFactory(project=project),
    "deployment": lambda project: factories.DeploymentFactory(project=project),
    "gate_review": lambda project: factories.GateReviewFactory(project=project),
    "ab_test": lambda project: factories.ABTestFactory(project=project),
    "conversion_event": lambda project: factories.ConversionEventFactory(
        deployment_slot__project=project
    ),
    "retraining_schedule": lambda project: factories.RetrainingScheduleFactory(
        project=project
    ),
    "retraining_run": lambda project: factories.RetrainingRunFactory(
        schedule__project=project
    ),
    "webhook": lambda project: factories.WebhookFactory(project=project),
    "webhook_delivery": lambda project: factories.WebhookDeliveryFactory(
        webhook__project=project
    ),
    "api_keys": lambda project: factories.ApiKeyFactory(project=project),
    "project/members": lambda project: factories.MembershipFactory(project=project),
    "project/audit_log": lambda project: factories.AuditEntryFactory(
        project=project.pk
    ),
    "users": lambda _: factories.UserFactory(),
    "audit_log": lambda project: factories.AuditEntryFactory(project=project.pk),
}
#: Further ids in a path.
ROW_IN_PATH = {"metadata_id": "item_meta_data", "project_id": "project"}
SAFE = {"get"}
#: Staff only, in person.
STAFF_ONLY = {"users", "audit_log"}
#: What everybody does to the own account only.
OWN = "change_password/"


class Route(NamedTuple):
    kind: str
    url: str
    method: str
    viewset: Any

    def __str__(self) -> str:
        """As it stands in the table of permissions: `GET project/{id}/`."""
        url = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", self.url)
        return f"{self.method.upper()} {url.replace('{lookup}', '{id}')}"

    @property
    def is_detail(self) -> bool:
        return "{lookup}" in self.url

    @property
    def is_nested(self) -> bool:
        """Below a project, and so not there at all for those who cannot see it."""
        return self.kind.startswith("project/")

    def path(self, row: Model | None, project: Project, rows: Rows = ROW_OF) -> str:
        def fill(group: re.Match[str]) -> str:
            return str(rows[ROW_IN_PATH[group[1]]](project).pk)

        url = re.sub(r"\(\?P<(\w+)>[^)]*\)", fill, self.url)
        return url.replace("{lookup}", str(row.pk) if row else "")


def kind_of(prefix: str) -> str:
    return re.sub(r"\(\?P<.*?\)/", "", prefix)


def routes() -> list[Route]:
    found = []
    for prefix, viewset, _ in router.registry:
        for route in router.get_routes(viewset):
            mapping = router.get_method_map(viewset, route.mapping)
            url = route.url.replace("^{prefix}", prefix).replace(
                "{trailing_slash}$", ""
            )
            allowed = viewset.http_method_names
            found += [
                Route(kind_of(prefix), f"{url}/", m, viewset)
                for m in mapping
                if m in allowed
            ]
    return found


def views(
    patterns: list[Any] = urlpatterns, prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """What is served beside the router: names in front of addresses, and views."""
    for pattern in patterns:
        if pattern in router.urls:
            continue
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, f"{prefix}{pattern.pattern}")
        else:
            yield f"{prefix}{pattern.pattern}", pattern


def single_routes() -> list[Route]:
    return [
        Route(url, url, method.lower(), pattern.callback.view_class)
        for url, pattern in views()
        for method in pattern.callback.view_class().allowed_methods
        if method != "OPTIONS"
    ]


def format_of(route: Route) -> dict[str, Any]:
    multipart = route.kind in {"training_data", "item_meta_data"}
    return {"format": "multipart" if multipart else "json"}


ROUTES = routes()
#: Those that are no resources: signing in, probes, the description.
SINGLE = single_routes()
DETAILS = [route for route in ROUTES if route.is_detail]
