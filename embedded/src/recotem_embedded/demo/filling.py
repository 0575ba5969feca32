"""Fills a demo by the services that people use, in the order in which people would."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.datasets.models import TrainingData
from recotem.datasets.services.uploads import (
    append_training_data,
    upload_item_meta_data,
    upload_training_data,
)
from recotem.deployment.models import DeploymentSlot
from recotem.deployment.services.slots import create_slot
from recotem.experiments.models import ABTest
from recotem.experiments.services.ab_tests import create_test, start_test
from recotem.experiments.services.history import import_history
from recotem.jobs.models import OPEN, Job, JobStatus
from recotem.keys.services import create_key
from recotem.projects.membership import add_member
from recotem.projects.models import Project
from recotem.projects.services import create_project
from recotem.retraining.models import RetrainingRun, RetrainingSchedule, RunStatus
from recotem.retraining.services.clock import tick
from recotem.retraining.services.schedules import create_schedule
from recotem.retraining.services.webhooks import create_webhook
from recotem.retraining.timing import next_runs
from recotem.training.models import TrainedModel
from recotem.training.services.configurations import create_configuration
from recotem.training.services.models import create_model
from recotem.tuning.models import EvaluationConfig, ParameterTuningJob, SplitConfig
from recotem.tuning.services.configs import create_config
from recotem.tuning.services.tuning_jobs import create_tuning_job
from recotem_embedded.errors import StartError

from .past import fire_now, make_older, move_run
from .traffic import Traffic
from .worlds import World

TEST_DAYS = 21
#: The test is planned for one user in each arm of so many people: some do not come.
PEOPLE_PER_PLANNED = 3
TRIALS = 12
ALGORITHMS = ["TopPop", "CosineKNN", "RP3beta", "IALS"]
#: Sundays at two, UTC.
CRON = "0 2 * * 0"
#: From the first file to the first retraining.
BEFORE = timedelta(days=10)
_PATIENCE = 600.0
_DeploymentStatus = RetrainingRun.DeploymentStatus


@dataclass
class Filling:
    """One project, from its first file to a test that has run for three weeks.

    say: is told what was done, and in how many seconds.
    """

    world: World
    say: Callable[[str, float], None]
    now: datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        self.actor = Actor(get_user_model().objects.get())
        #: At midnight, so that the first day is a whole one.
        first_day = self.now - timedelta(days=TEST_DAYS)
        self.begin = first_day.replace(hour=0, minute=0, second=0, microsecond=0)
        #: The last Sunday before the test, and those since.
        last_week, n_sundays = self.begin - timedelta(days=7), TEST_DAYS // 7 + 1
        self.sundays = next_runs(CRON, "UTC", last_week, n_sundays)
        self.founded = self.sundays[0] - BEFORE

    def run(self) -> tuple[int, str]:
        """The project's id and its key."""
        project, data = self._data()
        self._colleague(project)
        popular, job = self._models(project, data)
        slots = self._slots(project, popular)
        make_older(BEFORE)
        schedule = self._retraining(project, data, job, slots[1])
        test = self._draft(project, slots)
        make_older(timezone.now() - self.sundays[0])
        self._past(start_test(actor=self.actor, test=test))
        self._skipped_runs(schedule)
        self._newest_data(data)
        return project.pk, self._key(project)

    @contextmanager
    def _step(self) -> Iterator[list[str]]:
        """The line that the block puts into the list is said with its seconds."""
        began, lines = time.monotonic(), list[str]()
        yield lines
        self.say(" ".join(lines), time.monotonic() - began)

    def _data(self) -> tuple[Project, TrainingData]:
        user, item, moment, _ = self.world.columns
        columns = {"user_column": user, "item_column": item, "time_column": moment}
        with self._step() as said:
            project = create_project(
                actor=self.actor,
                name=self.world.name,
                exposure_sampling=1.0,
                **columns,
            )
            early = self.world.interactions_csv(until=self.founded)
            with _file("interactions.csv", early) as file:
                data = upload_training_data(
                    actor=self.actor, project=project, file=file
                )
            with _file("items.csv", self.world.items_csv()) as file:
                items = upload_item_meta_data(
                    actor=self.actor, project=project, file=file
                )
            said.append(
                f"Project “{project.name}”: {data.n_rows:,} interactions of "
                f"{data.n_users:,} people, {items.n_rows:,} items with pictures"
            )
        return project, data

    def _colleague(self, project: Project) -> None:
        """Somebody who may look but not sign in, and an address that would be told."""
        name = get_user_model().objects.create_user(username="ben").get_username()
        add_member(actor=self.actor, project=project, name=name, role="viewer")
        address = "https://shop.example.org/recotem"
        create_webhook(actor=self.actor, project=project, url=address, is_active=False)

    def _models(
        self, project: Project, data: TrainingData
    ) -> tuple[TrainedModel, ParameterTuningJob]:
        values = {
            "data": data,
            "split": self._config(SplitConfig, scheme="RG"),
            "evaluation": self._config(EvaluationConfig, cutoff=10),
            "n_trials": TRIALS,
            "random_seed": 1,
            "tried_algorithms_json": ALGORITHMS,
        }
        with self._step() as said:
            job = create_tuning_job(actor=self.actor, values=values)
            popular = self._popular(project, data)
            _wait_for(popular.job)
            _wait_for(job.job)
            for row in (popular, job):
                row.refresh_from_db()
            best: Any = job.best_config
            name = best.recommender_class_name.removesuffix("Recommender")
            said.append(
                f"Tuning job with {TRIALS} trials: {name} is best; a model of it, and "
                "one of what is popular"
            )
        return popular, job

    def _config(self, model: Any, **values: object) -> Any:
        values = {"name": "Demo", **values}
        return create_config(actor=self.actor, model=model, values=values)

    def _popular(self, project: Project, data: TrainingData) -> TrainedModel:
        configuration = create_configuration(
            actor=self.actor,
            project=project,
            name="Popular items",
            recommender_class_name="TopPop",
        )
        return create_model(actor=self.actor, configuration=configuration, data=data)

    def _slots(self, project: Project, popular: TrainedModel) -> list[DeploymentSlot]:
        """Two, both of which show what is popular until retraining fills the second."""
        return [
            create_slot(
                actor=self.actor,
                project=project,
                name=name,
                trained_model=popular,
                weight=50,
            )
            for name in ("Popular", "Personal")
        ]

    def _retraining(
        self,
        project: Project,
        data: TrainingData,
        job: ParameterTuningJob,
        slot: DeploymentSlot,
    ) -> RetrainingSchedule:
        """The clock fires, a model is trained with what the search found,
        compared with the one that serves, and deployed if the gate is open."""
        with self._step() as said:
            schedule = create_schedule(
                actor=self.actor,
                project=project,
                is_enabled=True,
                cron_expression=CRON,
                training_data=data,
                model_configuration=job.best_config,
                auto_deploy=True,
                deployment_slot=slot,
            )
            run = _ended(fire_now(schedule))
            slot.refresh_from_db()
            outcome = run.get_deployment_status_display().lower()
            said.append(
                "Retraining on Sundays; the model of a first run, compared with the "
                f"one before: {outcome}"
            )
        return schedule

    def _draft(self, project: Project, slots: list[DeploymentSlot]) -> ABTest:
        return create_test(
            actor=self.actor,
            project=project,
            name="Personal or popular?",
            control_slot=slots[0],
            variant_slot=slots[1],
            min_sample_size=len(self.world.shop.user_ids) // PEOPLE_PER_PLANNED,
        )

    def _past(self, test: ABTest) -> None:
        # The last deed follows its visit by some minutes, and is not to be to come.
        until = self.now - timedelta(hours=1)
        traffic = Traffic.of(test, self.world.shop)
        with self._step() as said:
            n_events = import_history(
                actor=self.actor,
                test=test,
                started_at=self.begin,
                events=traffic.events(self.begin, until),
            )
            said.append(
                f"A/B test that has run for {TEST_DAYS} days: {n_events:,} events of "
                "simulated visits"
            )
        with self._step() as said:
            control, variant = traffic.true_click_rates(self.now)
            said.append(
                f"What the shop knows and the test has to find out: {control:.2%} of "
                f"what Popular shows is clicked, {variant:.2%} of what Personal shows"
            )

    def _skipped_runs(self, schedule: RetrainingSchedule) -> None:
        """On the Sundays of the test there was nothing new to train on."""
        with self._step() as said:
            for sunday in self.sundays[1:]:
                move_run(_ended(fire_now(schedule)), sunday)
            said.append(f"{len(self.sundays) - 1} more runs, without new data")

    def _newest_data(self, data: TrainingData) -> None:
        with self._step() as said:
            newer = self.world.interactions_csv(since=self.founded)
            with _file("newer.csv", newer) as file:
                append_training_data(actor=self.actor, data=data, file=file)
            data.refresh_from_db()
            said.append(f"{data.n_rows:,} interactions until now, for the next run")

    def _key(self, project: Project) -> str:
        _, text = create_key(
            actor=self.actor, project=project, name="shop", scopes=["predict"]
        )
        return text


@contextmanager
def _file(name: str, content: bytes) -> Iterator[TemporaryUploadedFile]:
    with TemporaryUploadedFile(name, "text/csv", len(content), "utf-8") as file:
        file.write(content)
        file.flush()
        yield file


def _wait_for(job: Job | None) -> None:
    """Raises StartError when it did not come to a good end."""
    assert job is not None  # noqa: S101 - made a moment ago
    _until(lambda: _refreshed(job).status not in OPEN, f"the {job.kind} job")
    if job.status != JobStatus.COMPLETED:
        raise StartError(f"The {job.kind} job is {job.status}: {job.error}")


def _ended(run: RetrainingRun) -> RetrainingRun:
    """The run, once it and the deployment of its model have ended."""

    def is_over() -> bool:
        tick()
        _refreshed(run)
        waits = (_DeploymentStatus.WAITING, _DeploymentStatus.REVIEWING)
        opened = (RunStatus.PENDING, RunStatus.RUNNING)
        return run.status not in opened and run.deployment_status not in waits

    _until(is_over, "the retraining run")
    return run


def _refreshed[Row: (Job, RetrainingRun)](row: Row) -> Row:
    row.refresh_from_db()
    return row


def _until(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise StartError(f"Waited {_PATIENCE:g} s for {what} to end.")
        time.sleep(0.2)
