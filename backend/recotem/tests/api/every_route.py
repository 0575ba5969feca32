"""Every route of the router, and a row of each kind to try it with."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Model

from recotem.api.urls import router
from recotem.projects.models import Project
from tests import factories

#: What one of each kind is, in a given project.
ROW_OF: dict[str, Callable[[Project], Model]] = {
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
    "conversion_event": lambda project: factories.ConversionEventFactory(
        deployment_slot__project=project
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
        return f"{self.method} {self.url}"

    @property
    def is_detail(self) -> bool:
        return "{lookup}" in self.url

    @property
    def is_nested(self) -> bool:
        """Below a project, and so not there at all for those who cannot see it."""
        return self.kind.startswith("project/")

    def path(self, row: Model | None, project: Project) -> str:
        def fill(group: re.Match[str]) -> str:
            return str(ROW_OF[ROW_IN_PATH[group[1]]](project).pk)

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


def format_of(route: Route) -> dict[str, Any]:
    multipart = route.kind in {"training_data", "item_meta_data"}
    return {"format": "multipart" if multipart else "json"}


ROUTES = routes()
DETAILS = [route for route in ROUTES if route.is_detail]
