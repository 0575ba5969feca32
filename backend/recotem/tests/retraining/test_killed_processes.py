"""`kill -9` in the middle of a review costs at most what was computed so far."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from recotem.deployment.models import Deployment
from recotem.projects.models import Project
from recotem.retraining.models import RetrainingRun
from recotem.training.models import TrainedModel
from tests.deployment.conftest import let_lists_change
from tests.factories import DeploymentSlotFactory, ModelConfigurationFactory
from tests.retraining.conftest import ROUTE
from tests.training.models import trained_model
from tests.tuning.conftest import block_data
from tests.tuning.test_killed_processes import (  # noqa: F401
    Workers,
    computing_child,
    wait_for,
    workers,
)

pytestmark = [
    pytest.mark.one_database("postgresql"),
    pytest.mark.xdist_group("workers"),
]


def champion_of(project: Project, data: Any) -> TrainedModel:
    return trained_model(project, data_loc=data, data_version=1)


@pytest.mark.timeout(900)
def test_a_model_is_deployed_once_whoever_dies_on_the_way(
    transactional_db: None,
    project: Project,
    call_as: Callable[..., Any],
    workers: Workers,  # noqa: F811
) -> None:
    let_lists_change(call_as, project)
    data = block_data(project, n_users=1200, n_items=200)
    slot = DeploymentSlotFactory(
        project=project, trained_model=champion_of(project, data)
    )
    configuration = ModelConfigurationFactory(
        project=project, recommender_class_name="IALSRecommender"
    )
    schedule = {
        "project": project.pk,
        "training_data": data.pk,
        "model_configuration": configuration.pk,
        "auto_deploy": True,
    }
    made = call_as("key", "post", ROUTE, schedule).data
    answer = call_as("key", "post", f"{ROUTE}{made['id']}/trigger/")
    run = RetrainingRun.objects.get(pk=answer.data["run"])

    def review_has(n_attempts: int) -> bool:
        run.refresh_from_db()
        review = run.gate_review
        return review is not None and review.job.attempts.count() >= n_attempts

    first = workers.start()
    wait_for("the review", lambda: review_has(1))
    os.kill(wait_for("a child", lambda: computing_child(first)), signal.SIGKILL)
    wait_for("another attempt", lambda: review_has(2))
    first.kill()
    first.wait()

    workers.start()
    wait_for(
        "the end", lambda: run.refresh_from_db() or run.deployment_status != "REVIEWING"
    )
    became = (run.deployment_status, run.deployment_message)
    assert became == ("DEPLOYED", ""), workers.log
    slot.refresh_from_db()
    assert slot.trained_model_id == run.trained_model_id
    deployment = Deployment.objects.get()
    assert (deployment.reason, deployment.review) == ("auto_deploy", run.gate_review)
    attempts = run.gate_review.job.attempts.values_list("status", flat=True)
    assert list(attempts) == ["FAILURE", "FAILURE", "SUCCESS"]
