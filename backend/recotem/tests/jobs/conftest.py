from types import SimpleNamespace

import pytest

from recotem.jobs import bells, kinds
from recotem.jobs.kinds import JobKind
from recotem.jobs.models import Job, JobAttempt


class FakeKind:
    """A kind of job that remembers what it was told, and the tasks that were sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, int]] = []
        self.ended: list[str] = []
        self.released: list[bool] = []

    def on_end(self, job: Job) -> None:
        self.ended.append(job.status)

    def on_release(self, _attempt: JobAttempt, *, crashed: bool) -> None:
        self.released.append(crashed)

    def send_task(self, name: str, *, kwargs: dict[str, int], expires: float) -> None:
        assert (name, expires > 0) == ("test.run", True)
        self.sent.append(kwargs)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> FakeKind:
    fake = FakeKind()
    registered = JobKind(
        name="training",
        task_name="test.run",
        arguments=lambda job: {"job_id": job.pk},
        on_end=fake.on_end,
        on_release=fake.on_release,
    )
    monkeypatch.setitem(kinds._kinds, "training", registered)
    app = SimpleNamespace(send_task=fake.send_task)
    monkeypatch.setattr(bells, "current_app", app)
    return fake
