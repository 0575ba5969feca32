import pytest
from django.db import IntegrityError, connection, transaction

from recotem.core.constraints import explain
from recotem.core.exception_handler import handle
from recotem.deployment.models import DeploymentSlot
from recotem.projects.models import Project
from tests.factories import (
    DeploymentSlotFactory,
    JobAttemptFactory,
    ProjectFactory,
    SplitConfigFactory,
)

pytestmark = pytest.mark.django_db


def refused(write):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return explain(caught.value)


def test_a_name_taken_twice_is_400_on_the_name():
    slot = DeploymentSlotFactory()
    error = refused(
        lambda: DeploymentSlotFactory(
            project=slot.project, name=slot.name, trained_model=slot.trained_model
        )
    )
    assert (error.status, error.code) == (400, "taken")
    assert error.fields == {"name": ["This name is already taken."]}


def test_a_unique_column_is_400_on_the_column():
    attempt = JobAttemptFactory()
    error = refused(lambda: JobAttemptFactory(task_id=attempt.task_id))
    assert error.fields == {"task_id": ["This task_id is already taken."]}


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda: SplitConfigFactory(heldout_ratio=2), "heldout_ratio_between_0_and_1"),
        (lambda: DeploymentSlotFactory(weight=101), "slot_weight_up_to_100"),
    ],
)
def test_a_broken_check_is_400_with_the_name_of_the_rule(write, code):
    error = refused(write)
    assert (error.status, error.code) == (400, code)
    assert error.message == f"{code.replace('_', ' ')}"


def test_a_row_that_is_gone_meanwhile_is_409():
    slot = DeploymentSlotFactory()

    def write() -> None:
        DeploymentSlot.objects.create(
            project_id=slot.project_id, name="x", trained_model_id=2**40
        )
        connection.check_constraints()

    assert refused(write).status == 409


def test_what_we_cannot_explain_is_still_a_refusal():
    assert explain(IntegrityError("odd")).status == 409
    assert ProjectFactory()


def test_a_row_that_went_away_during_the_request_is_404():
    answer = handle(Project.DoesNotExist(), {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (404, "not_found")
