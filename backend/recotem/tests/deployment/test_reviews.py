"""A candidate is compared with what the slot serves before it takes its place."""

import pytest

from recotem.core.models import AuditEntry
from recotem.deployment.models import DeploymentSlot
from recotem.jobs.models import Job
from recotem_engine.compute import ComputeCrashed
from tests.deployment.conftest import (
    REVIEWS,
    SLOTS,
    WORSE,
    act,
    found,
    let_lists_change,
    served,
    shown,
    work,
)
from tests.factories import (
    ABTestFactory,
    DeploymentSlotFactory,
    ModelConfigurationFactory,
    ParameterTuningJobFactory,
    TrainedModelFactory,
)
from tests.training.models import trained_model
from tests.tuning.conftest import block_data

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "It knows the new items."


def test_what_cannot_be_reviewed_is_refused_by_name(ask, people, slot, sent):
    other, project = people.other_project, people.project
    unfinished = TrainedModelFactory(configuration__project=project, status="RUNNING")
    wrong = {
        "a slot of my other project": {"slot": DeploymentSlotFactory(project=other).pk},
        "a model of my other project": {
            "trained_model": TrainedModelFactory(configuration__project=other).pk
        },
        "a model in training": {"trained_model": unfinished.pk},
        "what the slot serves": {"trained_model": slot.trained_model_id},
    }
    for what, values in wrong.items():
        answer = ask("owner", **values)
        [name] = values
        assert (answer.status_code, name in answer.data) == (400, True), what
    assert not Job.objects.filter(kind="review").exists()
    assert sent == []


def test_of_two_equal_wishes_the_second_is_refused(ask, child):
    first = ask()
    assert first.status_code == 201, first.data
    again = ask()
    assert (again.status_code, again.data["code"]) == (409, "review_open")
    work(first.data["id"])
    assert ask().status_code == 201


def test_a_review_waits_for_a_worker(ask, slot, candidate, sent):
    review = ask().data
    assert (review["status"], review["champion"]) == ("PENDING", slot.trained_model_id)
    assert (review["trained_model"], review["passed"]) == (candidate.pk, None)
    assert (review["comparison"], review["checks"]) == (None, [])
    assert sent == ["recotem.deployment.review"]


@pytest.fixture
def contest(call_as, project, ask):
    """A review of two algorithms on real data, asked for; by them."""
    let_lists_change(call_as, project)
    data = block_data(project, n_users=400, n_items=60)

    def model(algorithm):
        return trained_model(
            project,
            configuration__recommender_class_name=algorithm,
            data_loc=data,
            data_version=1,
        )

    def begin(candidate, champion):
        slot = DeploymentSlotFactory(project=project, trained_model=model(champion))
        return ask(slot=slot.pk, trained_model=model(candidate).pk).data["id"]

    return begin


def test_a_better_candidate_passes_with_evidence(call_as, contest):
    review_id = contest("CosineKNNRecommender", "TopPopRecommender")
    work(review_id)
    review = shown(call_as, review_id)
    assert (review["status"], review["error"]) == ("COMPLETED", "")
    assert review["passed"] is True, review["checks"]
    comparison = review["comparison"]
    assert comparison["n_users"] == 400
    assert comparison["candidate"]["algorithm"] == "CosineKNNRecommender"
    assert comparison["relative_interval"][0] > 0
    names = [check["name"] for check in review["checks"]]
    assert names[:2] == ["n_users", "target_metric"]
    assert all(check["sentence"] for check in review["checks"])
    lines = call_as("viewer", "get", f"task_log/?review_id={review_id}").json()
    assert "Fitting the candidate (CosineKNNRecommender)." in [
        line["contents"] for line in lines["results"]
    ]


def test_a_worse_candidate_is_refused_with_a_sentence(call_as, contest):
    review_id = contest("TopPopRecommender", "CosineKNNRecommender")
    work(review_id)
    review = shown(call_as, review_id)
    assert (review["status"], review["passed"]) == ("COMPLETED", False)
    refused = [check for check in review["checks"] if not check["passed"]]
    assert "worse than the champion's" in refused[0]["sentence"]
    answer = act(call_as, review, "deploy")
    assert (answer.status_code, answer.data["code"]) == (409, "review_refuses")
    assert refused[0]["sentence"] in answer.data["detail"]


def test_it_compares_by_what_decided_the_search(call_as, ask, project, make_model):
    decided = {"target_metric": "recall", "cutoff": 5}
    tuned = make_model(metrics=decided)
    configuration = ModelConfigurationFactory(project=project)
    ParameterTuningJobFactory(
        data__project=project, best_config=configuration, result=decided
    )
    trained_anew = make_model(configuration=configuration)
    for model in (tuned, trained_anew):
        review = ask(trained_model=model.pk).data
        assert (review["target_metric"], review["cutoff"]) == ("recall", 5)
    review = ask(trained_model=make_model().pk).data
    assert (review["target_metric"], review["cutoff"]) == ("ndcg", 20)


def test_the_child_is_asked_by_the_rows(child, ask, candidate, slot):
    asked = []
    child(lambda **arguments: asked.append(arguments) or found())
    work(ask().data["id"])
    [told] = asked
    assert (told["metric"], told["cutoff"]) == ("ndcg", 20)
    assert told["candidate"]["algorithm"] == "CosineKNNRecommender"
    assert told["candidate"]["n_bytes"] == candidate.filesize
    assert told["champion"]["algorithm"] == "TopPopRecommender"
    assert told["champion"]["interactions"].endswith("log.parquet")


def test_what_passed_is_deployed_once(call_as, reviewed, slot, candidate):
    review = reviewed()
    answer = act(call_as, review, "deploy")
    assert answer.status_code == 200, answer.data
    assert served(slot) == candidate.pk
    [deployment] = call_as("viewer", "get", "deployment/").json()["results"]
    assert answer.data["deployment"] == deployment["id"]
    assert (deployment["reason"], deployment["verdict"]) == ("manual", "passed")
    assert deployment["review"] == review["id"]
    again = act(call_as, review, "deploy")
    assert (again.status_code, again.data["code"]) == (409, "review_used")


def test_nothing_is_deployed_before_the_verdict(call_as, ask, slot):
    champion, review = slot.trained_model_id, ask().data
    early = act(call_as, review, "deploy")
    assert (early.status_code, early.data["code"]) == (409, "review_refuses")
    assert "not ended" in early.data["detail"]
    act(call_as, review, "cancel")
    late = act(call_as, review, "deploy")
    assert (late.status_code, "without a verdict" in late.data["detail"]) == (409, True)
    assert served(slot) == champion


def test_a_refusal_is_overridden_with_a_written_reason(
    call_as, reviewed, slot, candidate
):
    review = reviewed(found(**WORSE))
    assert review["passed"] is False
    for reason in ("", "   ", None):
        answer = act(call_as, review, "override", reason=reason)
        assert (answer.status_code, "reason" in answer.data) == (400, True)
    answer = act(call_as, review, "override", reason=REASON)
    assert answer.status_code == 200, answer.data
    assert answer.data["override_reason"] == REASON
    assert (answer.data["overridden_by"], answer.data["passed"]) == ("editor", False)
    note = AuditEntry.objects.filter(kind="gate_review", action="update").get()
    assert (note.actor_name, note.after) == ("editor", {"override_reason": REASON})
    again = act(call_as, review, "override", reason="Another one.")
    assert (again.status_code, again.data["code"]) == (409, "review_refuses")
    assert act(call_as, review, "deploy").status_code == 200
    assert served(slot) == candidate.pk
    [deployment] = call_as("viewer", "get", "deployment/").json()["results"]
    assert deployment["verdict"] == "overridden"


def test_only_a_refusal_can_be_overridden(call_as, reviewed, ask, make_model):
    for review in (reviewed(), ask(trained_model=make_model().pk).data):
        answer = act(call_as, review, "override", reason=REASON)
        assert (answer.status_code, answer.data["code"]) == (409, "review_refuses")


def test_another_champion_meanwhile_stands_against_it(
    call_as, reviewed, slot, make_model
):
    review, other = reviewed(), make_model()
    call_as("owner", "patch", f"{SLOTS}{slot.pk}/", {"trained_model": other.pk})
    answer = act(call_as, review, "deploy")
    assert (answer.status_code, answer.data["code"]) == (409, "champion_changed")
    assert served(slot) == other.pk


def test_a_slot_of_a_running_test_is_left_alone(call_as, reviewed, slot, project):
    review, champion = reviewed(), slot.trained_model_id
    ABTestFactory(project=project, control_slot=slot, status="RUNNING")
    answer = act(call_as, review, "deploy")
    assert (answer.status_code, answer.data["code"]) == (409, "slot_in_test")
    assert served(slot) == champion


def test_what_is_gone_cannot_be_deployed_and_the_review_stays(
    call_as, reviewed, slot, candidate, make_model
):
    first = reviewed()
    assert call_as("owner", "delete", f"trained_model/{candidate.pk}/").data is None
    answer = act(call_as, first, "deploy")
    assert (answer.status_code, answer.data["code"]) == (409, "model_gone")
    second = reviewed(trained_model=make_model().pk)
    assert call_as("owner", "delete", f"{SLOTS}{slot.pk}/").status_code == 204
    answer = act(call_as, second, "deploy")
    assert (answer.status_code, answer.data["code"]) == (409, "slot_gone")
    assert shown(call_as, first["id"]) == first
    of_slot = call_as("viewer", "get", f"{REVIEWS}?slot={slot.pk}").json()
    assert [row["id"] for row in of_slot["results"]] == [second["id"], first["id"]]


def test_reviews_are_found_by_status(call_as, reviewed, ask, make_model):
    ended, waiting = reviewed(), ask(trained_model=make_model().pk).data
    for status, review in {"COMPLETED": ended, "PENDING": waiting}.items():
        listed = call_as("viewer", "get", f"{REVIEWS}?status={status}").json()
        assert [row["id"] for row in listed["results"]] == [review["id"]]


def test_a_cancel_ends_it_at_once_and_keeps_nothing(call_as, ask, child, slot):
    review, champion = ask().data, slot.trained_model_id

    def cancelled_meanwhile(**_):
        assert act(call_as, review, "cancel").status_code == 200
        return found()

    child(cancelled_meanwhile)
    work(review["id"])
    after = shown(call_as, review["id"])
    assert (after["status"], after["passed"]) == ("CANCELLED", None)
    assert after["comparison"] is None
    assert served(slot) == champion
    again = act(call_as, review, "cancel")
    assert (again.status_code, again.data["code"]) == (409, "job_ended")


def raises(error):
    def act(**_):
        raise error

    return act


def test_a_killed_child_costs_an_attempt_and_not_the_review(call_as, ask, child):
    child(raises(ComputeCrashed("out_of_memory", "Killed.", -9, "")))
    review = ask().data
    work(review["id"], "first")
    assert shown(call_as, review["id"])["status"] == "RUNNING"
    child(found())
    work(review["id"], "second")
    after = shown(call_as, review["id"])
    assert (after["status"], after["passed"]) == ("COMPLETED", True)
    statuses = [link["task"]["status"] for link in after["task_links"]]
    assert statuses == ["FAILURE", "SUCCESS"]


def test_a_crash_fails_the_review_with_its_sentence(call_as, ask, child, slot):
    child(raises(ComputeCrashed("crashed", "The matrix is singular.", None, "")))
    review = ask().data
    work(review["id"])
    after = shown(call_as, review["id"])
    assert (after["status"], after["error"]) == ("FAILED", "The matrix is singular.")


@pytest.mark.parametrize("gone", ["candidate", "data"])
def test_a_review_of_what_was_deleted_says_so(gone, call_as, ask, candidate, child):
    review = ask().data
    if gone == "candidate":
        call_as("owner", "delete", f"trained_model/{candidate.pk}/")
    else:
        data = f"training_data/{candidate.data_loc_id}/"
        call_as("owner", "delete", f"{data}unlink_file/")
    work(review["id"])
    after = shown(call_as, review["id"])
    assert after["status"] == "FAILED"
    assert ("deleted" if gone == "candidate" else "removed") in after["error"]


def test_a_project_takes_its_reviews_along(call_as, reviewed, project):
    act(call_as, reviewed(), "deploy")
    assert call_as("owner", "delete", f"project/{project.pk}/").status_code == 204
    assert not Job.objects.filter(kind="review").exists()
    assert not DeploymentSlot.objects.exists()
