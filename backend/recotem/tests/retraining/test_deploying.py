"""A schedule lets a new model serve if it is not worse than what is served."""

from typing import Any

import pytest

from recotem.core.storage import local_path
from recotem.deployment.models import Deployment, DeploymentSlot, GateReview
from recotem.jobs.services import finish, move
from recotem.retraining.models import RetrainingRun
from tests.factories import (
    ABTestFactory,
    DeploymentSlotFactory,
    EvaluationConfigFactory,
    TrainedModelFactory,
)
from tests.retraining.conftest import ROUTE, SUNDAY, job_ends, pass_time, reconcile
from tests.training.models import write_model

pytestmark = pytest.mark.django_db

PASSED = [{"name": "n_users", "passed": True, "sentence": "There are enough users."}]
REFUSED = [
    *PASSED,
    {"name": "target_metric", "passed": False, "sentence": "It is 8 % worse."},
    {"name": "size", "passed": False, "sentence": "It is too large."},
]


@pytest.fixture
def slot(project) -> DeploymentSlot:
    return DeploymentSlotFactory(project=project)


@pytest.fixture
def completed_run(clock, schedule_with):
    """A run that has made a model, of a schedule that is to deploy it."""

    def make(**values: Any) -> RetrainingRun:
        schedule = schedule_with(**{"auto_deploy": True} | values)
        pass_time(clock, SUNDAY)
        run = schedule.runs.get()
        job_ends(run)
        write_model(local_path(run.trained_model.file))
        return run

    return make


@pytest.fixture
def reviewed_run(completed_run):
    """A run whose review has begun, and waits for a worker."""

    def make(**values: Any) -> RetrainingRun:
        run = completed_run(**values)
        reconcile()
        run.refresh_from_db()
        assert run.deployment_status == "REVIEWING", run.deployment_message
        return run

    return make


def review_ends(run: RetrainingRun, checks: Any = PASSED, status: str = "COMPLETED"):
    """As a worker would end the review that a run waits for; and a reconciler comes."""
    review = GateReview.objects.get(pk=run.gate_review_id)
    if status == "COMPLETED":
        review.checks = checks
        review.passed = all(check["passed"] for check in checks)
        review.comparison = {}
        review.save()
    move(review.job_id, "RUNNING")
    assert finish(review.job, status, "It broke." if status == "FAILED" else "")
    reconcile()


@pytest.fixture
def show(call_as):
    def shown(run: RetrainingRun) -> dict[str, Any]:
        answer: dict[str, Any]
        answer = call_as("viewer", "get", f"retraining_run/{run.pk}/").json()
        assert answer["status"] == "COMPLETED"
        return answer

    return shown


def served(slot: DeploymentSlot) -> int:
    slot.refresh_from_db()
    return slot.trained_model_id


def test_where_to_deploy_has_to_be_clear(call_as, project, wishes, slot, sent):
    other = DeploymentSlotFactory(project=project)
    body = wishes | {"auto_deploy": True}
    answer = call_as("owner", "post", ROUTE, body)
    assert answer.status_code == 400
    assert "2 active slots" in answer.data["deployment_slot"][0]
    made = call_as("owner", "post", ROUTE, wishes).data
    path = f"{ROUTE}{made['id']}/"
    answer = call_as("owner", "patch", path, {"auto_deploy": True})
    assert (answer.status_code, "deployment_slot" in answer.data) == (400, True)
    named = {"auto_deploy": True, "deployment_slot": other.pk}
    answer = call_as("owner", "patch", path, named)
    assert answer.status_code == 200
    assert answer.data["deployment_slot"] == other.pk
    answer = call_as("owner", "patch", path, {"deployment_slot": None})
    assert answer.status_code == 400


def test_one_active_slot_needs_no_name_and_more_of_them_no_change(
    call_as, project, wishes, slot
):
    DeploymentSlotFactory(project=project, is_active=False)
    made = call_as("owner", "post", ROUTE, wishes | {"auto_deploy": True})
    assert made.status_code == 201, made.data
    DeploymentSlotFactory(project=project)
    path = f"{ROUTE}{made.data['id']}/"
    assert call_as("owner", "patch", path, {"max_retries": 1}).status_code == 200


def test_a_slot_of_another_project_is_refused(call_as, people, wishes):
    foreign = DeploymentSlotFactory(project=people.other_project)
    answer = call_as("owner", "post", ROUTE, wishes | {"deployment_slot": foreign.pk})
    assert answer.data["deployment_slot"] == ["This is of another project."]


def test_a_slot_that_is_named_cannot_be_deleted(call_as, schedule_with, slot):
    schedule = schedule_with(deployment_slot=slot.pk)
    path = f"deployment_slot/{slot.pk}/"
    told = call_as("owner", "get", f"{path}impact/").json()
    [blocker] = told["blocked_by"]
    assert (blocker["kind"], blocker["id"]) == ("retraining_schedule", schedule.pk)
    answer = call_as("owner", "delete", path)
    assert (answer.status_code, answer.data["code"]) == (409, "in_use")
    off = {"deployment_slot": None}
    assert call_as("owner", "patch", f"{ROUTE}{schedule.pk}/", off).status_code == 200
    assert call_as("owner", "delete", path).status_code == 204


def test_a_model_that_is_not_to_be_deployed_is_not(completed_run, show, slot):
    run, champion = completed_run(auto_deploy=False), slot.trained_model_id
    reconcile()
    shown = show(run)
    assert (shown["deployment_status"], shown["gate_review"]) == (None, None)
    assert served(slot) == champion
    assert not GateReview.objects.exists()


def test_a_model_that_passes_takes_the_place_of_the_one_served(
    reviewed_run, show, slot, project, call_as
):
    idle = DeploymentSlotFactory(project=project, is_active=False)
    champion, beside = slot.trained_model_id, idle.trained_model_id
    run = reviewed_run()
    shown = show(run)
    assert shown["deployment_status"] == "REVIEWING"
    review = call_as("viewer", "get", f"gate_review/{shown['gate_review']}/").json()
    assert (review["slot"], review["champion"]) == (slot.pk, champion)
    assert review["trained_model"] == run.trained_model_id
    assert served(slot) == champion
    review_ends(run)
    assert served(slot) == run.trained_model_id
    assert served(idle) == beside
    assert show(run)["deployment_status"] == "DEPLOYED"
    [row] = call_as("viewer", "get", "deployment/").json()["results"]
    assert (row["reason"], row["verdict"]) == ("auto_deploy", "passed")
    assert row["actor_name"] == f"retraining schedule {run.schedule_id}"
    assert (row["review"], row["former_model"]) == (review["id"], champion)
    assert DeploymentSlot.objects.count() == 2


def test_a_model_that_is_refused_stays_out_and_the_run_says_why(
    reviewed_run, show, slot
):
    run, champion = reviewed_run(), slot.trained_model_id
    review_ends(run, REFUSED)
    shown = show(run)
    assert shown["deployment_status"] == "REFUSED"
    assert shown["deployment_message"] == "It is 8 % worse. It is too large."
    assert shown["gate_review"] == run.gate_review_id
    assert served(slot) == champion
    reconcile()
    assert GateReview.objects.count() == 1


def test_the_slot_that_is_named_gets_the_model(reviewed_run, slot, project):
    named = DeploymentSlotFactory(project=project)
    champion = slot.trained_model_id
    run = reviewed_run(deployment_slot=named.pk)
    review_ends(run)
    assert (served(named), served(slot)) == (run.trained_model_id, champion)


def after_all(run, show):
    """What a run says that could not deploy; nothing is begun any more."""
    n_reviews = GateReview.objects.count()
    reconcile()
    shown = show(run)
    assert shown["deployment_status"] == "NOT_DEPLOYED"
    assert (GateReview.objects.count(), Deployment.objects.count()) == (n_reviews, 0)
    return shown["deployment_message"]


def test_without_a_slot_nothing_is_made_and_the_run_says_so(completed_run, show):
    run = completed_run()
    reconcile()
    assert "No slot is active" in after_all(run, show)
    assert not DeploymentSlot.objects.exists()


def test_with_several_slots_by_then_the_run_says_so(completed_run, show, project, slot):
    run = completed_run()
    DeploymentSlotFactory(project=project)
    reconcile()
    assert "Several slots are active" in after_all(run, show)


def test_a_slot_of_a_running_test_is_never_touched(completed_run, show, project, slot):
    champion = slot.trained_model_id
    ABTestFactory(project=project, control_slot=slot, status="RUNNING")
    run = completed_run(deployment_slot=slot.pk)
    reconcile()
    assert "a test that is running" in after_all(run, show)
    assert not GateReview.objects.exists()
    assert served(slot) == champion


def test_nor_when_the_test_was_started_during_the_review(
    reviewed_run, show, project, slot
):
    champion = slot.trained_model_id
    run = reviewed_run(deployment_slot=slot.pk)
    ABTestFactory(project=project, variant_slot=slot, status="RUNNING")
    review_ends(run)
    assert "a test that is running" in after_all(run, show)
    assert served(slot) == champion


def test_another_champion_meanwhile_is_compared_with_anew(
    reviewed_run, show, slot, call_as
):
    run = reviewed_run()
    other = TrainedModelFactory(configuration__project=slot.project)
    body = {"trained_model": other.pk}
    path = f"deployment_slot/{slot.pk}/"
    assert call_as("key", "patch", path, body).status_code == 200
    review_ends(run)
    assert served(slot) == other.pk
    reconcile()
    run.refresh_from_db()
    assert (run.deployment_status, run.gate_review.champion_id) == (
        "REVIEWING",
        other.pk,
    )
    review_ends(run)
    assert served(slot) == run.trained_model_id
    assert show(run)["deployment_status"] == "DEPLOYED"


def test_who_switches_it_off_meanwhile_is_heard(reviewed_run, show, call_as, slot):
    run, champion = reviewed_run(), slot.trained_model_id
    off = {"auto_deploy": False}
    changed = call_as("key", "patch", f"{ROUTE}{run.schedule_id}/", off)
    assert changed.status_code == 200
    review_ends(run)
    assert "switched off" in after_all(run, show)
    assert served(slot) == champion


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("FAILED", "The review failed. It broke."), ("CANCELLED", "was cancelled")],
)
def test_a_review_without_a_verdict_deploys_nothing(
    status, sentence, reviewed_run, show, slot
):
    run, champion = reviewed_run(), slot.trained_model_id
    review_ends(run, status=status)
    assert sentence in after_all(run, show)
    assert served(slot) == champion


def test_a_model_that_was_deleted_is_missed(completed_run, show, call_as, slot):
    run = completed_run()
    path = f"trained_model/{run.trained_model_id}/"
    assert call_as("key", "delete", path).status_code == 204
    reconcile()
    assert after_all(run, show) == "The model was deleted."


def test_a_person_may_be_quicker(reviewed_run, show, call_as, slot):
    run = reviewed_run()
    review = GateReview.objects.get()
    review.passed = True
    review.save()
    path = f"gate_review/{review.pk}/deploy/"
    assert call_as("editor", "post", path).status_code == 200
    review_ends(run)
    assert show(run)["deployment_status"] == "DEPLOYED"
    assert Deployment.objects.get().reason == "manual"


@pytest.mark.parametrize("retune", [False, True])
def test_it_is_compared_by_the_evaluation_of_the_schedule(
    retune, reviewed_run, owner, slot
):
    evaluation = EvaluationConfigFactory(
        created_by=owner, target_metric="recall", cutoff=7
    )
    run = reviewed_run(retune=retune, evaluation_config=evaluation.pk)
    review = run.gate_review
    assert (review.target_metric, review.cutoff) == ("recall", 7)
