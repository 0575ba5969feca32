"""A slot with a model, another model that wants its place, and a child that compares
as a test tells it to."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from recotem.deployment.models import DeploymentSlot
from recotem.deployment.tasks import review
from recotem.jobs import bells, computing
from recotem.projects.models import Project
from recotem.training.models import TrainedModel
from recotem_engine.comparison import Comparison, Standing
from tests.factories import DeploymentSlotFactory, TrainingDataFactory
from tests.training.models import trained_model

SLOTS, LOG, REVIEWS = "deployment_slot/", "deployment/", "gate_review/"


@pytest.fixture
def make_model(project: Project) -> Callable[..., TrainedModel]:
    """READY models of the project, with files and with data that can be read."""

    def make(**fields: Any) -> TrainedModel:
        data = TrainingDataFactory(project=project, columnar="log.parquet")
        return trained_model(project, data_loc=data, data_version=1, **fields)

    return make


@pytest.fixture
def slot(project: Project, make_model: Callable[..., TrainedModel]) -> DeploymentSlot:
    champion = make_model()
    return DeploymentSlotFactory(project=project, trained_model=champion, name="main")


@pytest.fixture
def candidate(make_model: Callable[..., TrainedModel]) -> TrainedModel:
    return make_model(configuration__recommender_class_name="CosineKNNRecommender")


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that workers are called with; there are no workers."""
    names: list[str] = []
    app = SimpleNamespace(send_task=lambda name, **_: names.append(name))
    monkeypatch.setattr(bells, "current_app", app)
    return names


@pytest.fixture
def ask(
    call_as: Callable[..., Any], slot: DeploymentSlot, candidate: TrainedModel
) -> Callable[..., Any]:
    """Have the candidate reviewed, or what else is said; the answer."""

    def send(who: str = "editor", **values: Any) -> Any:
        body = {
            "project": slot.project_id,
            "slot": slot.pk,
            "trained_model": candidate.pk,
        }
        return call_as(who, "post", REVIEWS, body | values)

    return send


def found(**changes: Any) -> dict[str, Any]:
    """What a child finds: the candidate is better by 2 % and like the champion else."""
    how = {"metrics": {"ndcg": 0.25}, "coverage": 0.5, "latency_ms": 4.0}
    standing = Standing("CosineKNN", **how, n_bytes=200_000_000)
    values: dict[str, Any] = {
        "target_metric": "ndcg",
        "cutoff": 20,
        "holdout": {},
        "n_users": 1000,
        "n_unknown_users": 3,
        "candidate": standing,
        "champion": standing,
        "difference": 0.005,
        "interval": (0.001, 0.009),
        "relative_difference": 0.02,
        "relative_interval": (0.01, 0.03),
        "changed_share": 0.4,
        "coverage_ratio": 1.0,
        "latency_ratio": 1.0,
        "size_ratio": 1.0,
    }
    return Comparison(**values | changes).to_json()


def let_lists_change(call_as: Callable[..., Any], project: Project) -> None:
    """In data of blocks a good model shows everybody something else than TopPop."""
    path = f"project/{project.pk}/deployment_gate/"
    answer = call_as("key", "patch", path, {"largest_changed_share": 1})
    assert answer.status_code == 200


WORSE = {
    "difference": -0.02,
    "interval": (-0.03, -0.01),
    "relative_difference": -0.08,
    "relative_interval": (-0.12, -0.04),
}


class FakeChild:
    act = staticmethod(lambda **_: found())

    def __init__(self, **_: object) -> None:
        pass

    def __enter__(self) -> "FakeChild":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, op: str, **arguments: object) -> dict[str, Any]:
        assert op == "compare"
        return type(self).act(**arguments)


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Say what the child does, or what it finds, with `child(…)`."""
    monkeypatch.setattr(computing, "Compute", FakeChild)

    def does(act: Any) -> None:
        what = act if callable(act) else lambda **_: act
        monkeypatch.setattr(FakeChild, "act", staticmethod(what))

    does(found())
    return does


def work(review_id: int, task_id: str = "task") -> None:
    """One attempt of a worker."""
    review.apply(kwargs={"review_id": review_id}, task_id=task_id).get()


@pytest.fixture
def reviewed(
    ask: Callable[..., Any], call_as: Callable[..., Any], child: Callable[[Any], None]
) -> Callable[..., dict[str, Any]]:
    """A review that a worker has made; what the API shows of it."""

    def make(comparison: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        child(comparison or found())
        answer = ask(**values)
        assert answer.status_code == 201, answer.data
        work(answer.data["id"], f"task-{answer.data['id']}")
        return shown(call_as, answer.data["id"])

    return make


def shown(call_as: Callable[..., Any], review_id: int) -> dict[str, Any]:
    answer: dict[str, Any] = call_as("viewer", "get", f"{REVIEWS}{review_id}/").json()
    return answer


def act(call_as: Callable[..., Any], review: Any, what: str, **body: Any) -> Any:
    return call_as("editor", "post", f"{REVIEWS}{review['id']}/{what}/", body)


def served(slot: DeploymentSlot) -> int:
    slot.refresh_from_db()
    return slot.trained_model_id
