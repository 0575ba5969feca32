"""A project whose schedule fires each Sunday at two, and the ways to let time pass."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from recotem.core.actor import Actor
from recotem.datasets.models import TrainingData
from recotem.datasets.services.versions import keep_version
from recotem.jobs import bells
from recotem.jobs.reconciler import reconcile
from recotem.jobs.services import finish, move
from recotem.retraining.models import RetrainingRun, RetrainingSchedule
from recotem.retraining.services import messengers
from recotem.training.models import TrainedModel
from tests.factories import (
    EvaluationConfigFactory,
    ModelConfigurationFactory,
    SplitConfigFactory,
    TrainedModelFactory,
    TrainingDataFactory,
)
from tests.people import People
from tests.retraining.receivers import Receiver, receiver

#: A Monday, and the Sunday after it at two.
MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 2, tzinfo=UTC)
WEEK = timedelta(weeks=1)

ROUTE = "retraining_schedule/"


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messengers are back before the reconciler goes on, in the test's transaction."""
    monkeypatch.setattr(messengers, "start", messengers.run)


@pytest.fixture
def shop_server(settings: Any) -> Iterator[Receiver]:
    """A receiver of webhooks; addresses of this machine may be asked."""
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiver() as found:
        yield found


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still on Monday until a test moves it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that workers are called with; there are no workers."""
    names: list[str] = []
    app = SimpleNamespace(send_task=lambda name, **_: names.append(name))
    monkeypatch.setattr(bells, "current_app", app)
    return names


@pytest.fixture
def wishes(people: People) -> dict[str, Any]:
    """All that a schedule can name, of the owner's project."""
    project, creator = people.project, people.user("owner")
    return {
        "project": project.pk,
        "training_data": TrainingDataFactory(project=project, fingerprint="one").pk,
        "model_configuration": ModelConfigurationFactory(project=project).pk,
        "split_config": SplitConfigFactory(created_by=creator).pk,
        "evaluation_config": EvaluationConfigFactory(created_by=creator).pk,
    }


@pytest.fixture
def schedule_with(
    clock: object, sent: object, call_as: Callable[..., Any], wishes: dict[str, Any]
) -> Callable[..., RetrainingSchedule]:
    """A schedule that is switched on, made as clients do."""

    def make(**values: object) -> RetrainingSchedule:
        body = wishes | {"is_enabled": True} | values
        answer = call_as("owner", "post", ROUTE, body)
        assert answer.status_code == 201, answer.data
        return RetrainingSchedule.objects.get(pk=answer.data["id"])

    return make


def runs_of(schedule: RetrainingSchedule) -> list[RetrainingRun]:
    """Oldest first."""
    return list(schedule.runs.order_by("pk"))


def statuses(schedule: RetrainingSchedule) -> list[str]:
    return [run.status for run in runs_of(schedule)]


def pass_time(clock: time_machine.Traveller, moment: datetime) -> None:
    """Until then, and then a reconciler comes by."""
    clock.move_to(moment, tick=False)
    reconcile()


def job_ends(run: RetrainingRun, status: str = "COMPLETED", error: str = "") -> None:
    """As a worker would end the job that a run waits for."""
    run.refresh_from_db()
    if status == "COMPLETED" and run.tuning_job:
        run.tuning_job.tuned_model = TrainedModelFactory(
            configuration__project=run.schedule.project,
            data_loc=run.tuning_job.data,
            data_version=run.tuning_job.data_version,
        )
        run.tuning_job.save()
    elif status == "COMPLETED":
        TrainedModel.objects.filter(pk=run.trained_model_id).update(
            status="READY",
            file="models/x.rctm",
            filesize=1,
            data_version=run.trained_model.data_loc.version,
        )
    job = run.job
    move(job.pk, "RUNNING")
    assert finish(job, status, error)
    run.refresh_from_db()


def new_data(data: TrainingData, fingerprint: str, n_rows: int = 100) -> None:
    """As an upload leaves it: a new version of the same size unless said otherwise."""
    data.version += 1
    data.fingerprint, data.n_rows = fingerprint, n_rows
    data.save()
    keep_version(data, Actor(data.project.owner))
