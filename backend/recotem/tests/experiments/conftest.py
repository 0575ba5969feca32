import pytest

from recotem.deployment.models import DeploymentSlot
from recotem.projects.models import Project
from tests.factories import DeploymentSlotFactory


@pytest.fixture
def slot(project: Project) -> DeploymentSlot:
    return DeploymentSlotFactory(project=project)
