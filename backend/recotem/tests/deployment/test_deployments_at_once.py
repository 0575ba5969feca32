"""One slot, wanted by many at the same time."""

from collections.abc import Callable
from typing import Any

import pytest

from recotem.core.actor import Actor
from recotem.deployment.models import Deployment
from recotem.deployment.services.reviews import deploy_reviewed
from recotem.deployment.services.rollback import roll_back
from recotem.experiments.services.ab_tests import start_test
from tests.deployment.conftest import served
from tests.experiments.test_events_at_once import at_once
from tests.experiments.test_tests_at_once import refusal_of
from tests.factories import (
    ABTestFactory,
    DeploymentFactory,
    DeploymentSlotFactory,
    GateReviewFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def former(project, slot, make_model) -> Callable[[], Deployment]:
    """A deployment that can come back."""

    def make() -> Deployment:
        return DeploymentFactory(project=project, slot=slot, trained_model=make_model())

    return make


@pytest.fixture
def passed(project, slot, make_model) -> Callable[[], Any]:
    """A review that allows to deploy."""

    def make() -> Any:
        return GateReviewFactory(
            project=project,
            slot=slot,
            trained_model=make_model(),
            job__status="COMPLETED",
            passed=True,
        )

    return make


def check_log(slot: Any, first: int, begun: int) -> list[Deployment]:
    """Each deployment took the place of the one before, and the last one is served."""
    new = list(Deployment.objects.filter(pk__gt=begun).order_by("pk"))
    chain = [first, *(row.trained_model_id for row in new)]
    assert [row.former_model_id for row in new] == chain[:-1]
    assert served(slot) == chain[-1]
    return new


@pytest.mark.parametrize("turn", range(5))
def test_a_test_that_starts_does_not_cross_a_deployment(
    turn, project, slot, former, passed
):
    """What a running test measures was there before it started, and stays."""
    actor, first = Actor(project.owner), slot.trained_model_id
    test = ABTestFactory(
        project=project,
        control_slot=slot,
        variant_slot=DeploymentSlotFactory(project=project),
    )
    rows = [former(), former()]
    review = passed()
    begun = Deployment.objects.latest("pk").pk
    works = [
        lambda: refusal_of(start_test, actor=actor, test=test),
        lambda: refusal_of(roll_back, actor=actor, deployment=rows[0]),
        lambda: refusal_of(roll_back, actor=actor, deployment=rows[1]),
        lambda: refusal_of(deploy_reviewed, actor=actor, review=review),
    ]
    refusals = at_once(lambda number: works[(number + turn) % 4]())
    new = check_log(slot, first, begun)
    codes = [refusal.code for refusal in refusals if refusal]
    assert len(new) + len(codes) == 3
    assert {*codes} <= {"slot_in_test", "champion_changed"}
    test.refresh_from_db()
    assert test.status == "RUNNING"
    assert all(row.ins_datetime <= test.started_at for row in new)


def test_of_reviews_that_are_acted_upon_together_one_is_right(project, slot, passed):
    """The others compared with a champion that is not served any more."""
    actor, first = Actor(project.owner), slot.trained_model_id
    reviews = [passed() for _ in range(4)]
    refusals = at_once(
        lambda number: refusal_of(deploy_reviewed, actor=actor, review=reviews[number])
    )
    assert len(check_log(slot, first, 0)) == 1
    codes = [refusal.code for refusal in refusals if refusal]
    assert codes == ["champion_changed"] * 3


def test_a_review_that_is_acted_upon_by_many_deploys_once(project, slot, passed):
    actor, first, review = Actor(project.owner), slot.trained_model_id, passed()
    refusals = at_once(
        lambda _: refusal_of(deploy_reviewed, actor=actor, review=review)
    )
    assert len(check_log(slot, first, 0)) == 1
    assert [r.code for r in refusals if r] == ["review_used"] * 3
