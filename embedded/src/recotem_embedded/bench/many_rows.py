"""A database in which every list has many rows, and two people who read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from recotem.accounts.models import Session, User
from recotem.accounts.tokens import tokens_of
from recotem.api.urls import RESOURCES
from recotem.core.models import AuditEntry
from recotem.datasets.models import DataVersion, ItemMetaData, TrainingData
from recotem.deployment.models import Deployment, DeploymentSlot, GateReview
from recotem.experiments.models import ABTest, ConversionEvent
from recotem.jobs.models import Job, JobAttempt, TaskLog
from recotem.keys.models import ApiKey
from recotem.projects.models import Membership, Project
from recotem.retraining.models import (
    RetrainingRun,
    RetrainingSchedule,
    Webhook,
    WebhookDelivery,
)
from recotem.retraining.services.webhooks import AT_MOST
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.tuning.models import (
    EvaluationConfig,
    ParameterTuningJob,
    SplitConfig,
    Trial,
)
from recotem_engine.gate import Limits

#: As many as one search may have.
MOST_TRIALS = 10_000
#: A guest is in every hundredth project: more than can be named one by one.
PROJECTS_PER_GUEST = 100
_METRICS = dict.fromkeys(("ndcg", "map", "recall", "hit"), 0.1234567)
_SCORE = {"algorithm": "IALS", "metrics": _METRICS, "interval": [0, 1]}
_REPORT = {"test": _SCORE, "baseline": _SCORE, "target_metric": "ndcg", "cutoff": 20}
_FACTS = {"name": "before", "scopes": ["read", "write"]}


@dataclass(frozen=True)
class Filled:
    """paths: of every list. sessions: of an owner, a guest of many projects, staff."""

    paths: list[str]
    sessions: dict[str, Session]

    @classmethod
    def with_rows(cls, number: int) -> "Filled":
        owner = User.objects.create(username="owner")
        guest = User.objects.create(username="guest")
        staff = User.objects.create(username="staff", is_staff=True)
        known = {name.partition("/")[0] for name in RESOURCES}
        filling = Filling(owner, guest, number).paths()
        paths = [path for path in filling if path.partition("/")[0] in known]
        # as PostgreSQL does by itself a minute later
        settle = "VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE"
        with connection.cursor() as cursor:
            cursor.execute(settle)
        people = {"owner": owner, "guest": guest, "staff": staff}
        return cls(paths, {who: _session(user) for who, user in people.items()})

    def token(self, who: str) -> str:
        """A fresh one; it lives for some minutes."""
        return tokens_of(self.sessions[who]).access

    def reads(self, who: str, path: str) -> bool:
        """Whether there are many rows in a list for somebody."""
        if who == "owner":
            return path not in {"users/", "audit_log/", "project/"}
        return who == "staff" or path == "project/"


def _session(user: User) -> Session:
    later = timezone.now() + timedelta(days=1)
    return Session.objects.create(user=user, refresh_id="x", expires_at=later)


class Filling:
    """Rows by copying one of each kind. `i` counts the copies from 1 on.

    All projects but one belong to somebody else who let the guest into some of them;
    almost everything but projects is in that one.
    """

    def __init__(self, owner: User, guest: User, number: int) -> None:
        self._owner, self._guest, self._number = owner, guest, number
        self._project = self._shop(owner, "shop")

    def _shop(self, owner: User, name: str) -> Project:
        return Project.objects.create(
            owner=owner, name=name, user_column="user", item_column="item"
        )

    def paths(self) -> Iterator[str]:
        """The paths of the lists, each once its rows are there."""
        yield from self._people()
        yield from self._data()
        yield from self._searches()
        yield from self._traffic()

    def _copies(self, row: Model, **expressions: str) -> int:
        """Copy a row, with columns that differ by these expressions of `i`; its key."""
        meta = row._meta  # noqa: SLF001  Django documents it
        names = [str(f.column) for f in meta.concrete_fields if not f.primary_key]
        unknown = expressions.keys() - set(names)
        if unknown:
            raise LookupError(f"{meta.db_table} has no {unknown}")
        table, columns = f'"{meta.db_table}"', ", ".join(f'"{n}"' for n in names)
        values = ", ".join(expressions.get(n, f't."{n}"') for n in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) "  # noqa: S608 - our own words
                "WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL "
                f"SELECT i + 1 FROM counted WHERE i < {self._number - 1}) "
                f"SELECT {values} FROM {table} t, counted WHERE t.id = {row.pk}"
            )
        return int(row.pk)

    def _people(self) -> Iterator[str]:
        other = User.objects.create(username="collector")
        first = self._copies(other, username="'user' || i")
        yield "users/"
        membership = Membership.objects.create(project=self._project, user=other)
        self._copies(membership, user_id=f"{first} + i")
        yield f"project/{self._project.pk}/members/"
        theirs = self._shop(other, "theirs")
        self._others = self._copies(theirs, name="'theirs ' || i")
        Membership.objects.bulk_create(
            Membership(project_id=self._others + i, user=self._guest)
            for i in range(0, self._number, PROJECTS_PER_GUEST)
        )
        yield "project/"
        entry = AuditEntry.objects.create(
            actor=1,
            actor_name="owner",
            project=self._project.pk,
            action="update",
            kind="project",
            subject=1,
            name="shop",
            before=_FACTS,
            after=_FACTS,
        )
        self._copies(entry, kind="CASE i % 2 WHEN 0 THEN 'project' ELSE 'user' END")
        yield "audit_log/"
        yield f"project/{self._project.pk}/audit_log/"

    def _data(self) -> Iterator[str]:
        project, owner = self._project, self._owner
        key = ApiKey(project=project, created_by=owner, name="key", scopes=["read"])
        self._copies(_saved(key), name="'key ' || i")
        yield "api_keys/"
        self.data = self._copies(_saved(TrainingData(project=project)))
        yield "training_data/"
        version = DataVersion(training_data_id=self.data, number=1)
        self._copies(_saved(version), number="i + 1")
        yield f"training_data/{self.data}/versions/"
        columns = [f"column {n}" for n in range(20)]
        table = ItemMetaData(project=project, valid_columns_list_json=columns)
        self._copies(_saved(table))
        yield "item_meta_data/"
        self.split = self._copies(_saved(SplitConfig(created_by=owner)))
        yield "split_config/"
        self.mark = self._copies(_saved(EvaluationConfig(created_by=owner)))
        yield "evaluation_config/"
        configuration = ModelConfiguration(
            project=project,
            recommender_class_name="IALS",
            parameters_json={"n_components": 64, "alpha0": 0.1, "reg": 0.01},
        )
        self.configuration = self._copies(_saved(configuration))
        yield "model_configuration/"

    def _jobs(self, kind: str) -> int:
        """Ended jobs with an attempt each; the key of the first."""
        row = Job(kind=kind, project=self._project.pk, status="COMPLETED")
        job = self._copies(_saved(row))
        attempt = JobAttempt(
            job_id=job, task_id=kind, status="SUCCESS", lease_until=timezone.now()
        )
        self._copies(_saved(attempt), job_id=f"{job} + i", task_id=f"'{kind}' || i")
        return job

    def _searches(self) -> Iterator[str]:
        job = self._jobs("tuning")
        search = ParameterTuningJob(
            project=self._project,
            data_id=self.data,
            split_id=self.split,
            evaluation_id=self.mark,
            job_id=job,
            best_config_id=self.configuration,
            result=_REPORT,
        )
        first = self._copies(
            _saved(search),
            data_id=f"{self.data} + i",
            job_id=f"{job} + i",
            best_config_id=f"{self.configuration} + i",
        )
        yield "parameter_tuning_job/"
        trial = Trial(
            tuning_job_id=first, number=1, state="COMPLETED", metrics=_METRICS
        )
        of_job = f"CASE WHEN i < {MOST_TRIALS} THEN {first} ELSE {first} + i END"
        self._copies(_saved(trial), number="i + 1", tuning_job_id=of_job)
        yield f"parameter_tuning_job/{first}/trials/"
        text = "A line that a search wrote about how far it is."
        line = TaskLog(job_id=job, project=self._project.pk, contents=text)
        self._copies(_saved(line), job_id=f"{job} + i / 100")
        yield "task_log/"
        yield from self._models()

    def _models(self) -> Iterator[str]:
        job = self._jobs("training")
        model = TrainedModel(
            project=self._project,
            configuration_id=self.configuration,
            data_loc_id=self.data,
            job_id=job,
            status="READY",
            file="models/0/x.rctm",
            filesize=1,
            metrics=_REPORT,
        )
        self.model = self._copies(
            _saved(model),
            configuration_id=f"{self.configuration} + i",
            data_loc_id=f"{self.data} + i",
            job_id=f"{job} + i",
        )
        yield "trained_model/"

    def _traffic(self) -> Iterator[str]:
        project = self._project
        slot = DeploymentSlot(project=project, name="0", trained_model_id=self.model)
        first = self._copies(
            _saved(slot), name="'slot ' || i", trained_model_id=f"{self.model} + i"
        )
        yield "deployment_slot/"
        yield from self._deployments(first)
        event = ConversionEvent(
            project=project,
            deployment_slot_id=first,
            user_id="u",
            event_type="click",
            metadata_json={"page": "front"},
        )
        kinds = "CASE i % 4 WHEN 0 THEN 'click' ELSE 'impression' END"
        self._copies(_saved(event), user_id="'u' || i % 1000", event_type=kinds)
        yield "conversion_event/"
        arms = {"control_slot_id": first, "variant_slot_id": first + 1}
        self._copies(_saved(ABTest(project=project, name="test", **arms)))
        yield "ab_test/"
        schedule = _saved(RetrainingSchedule(project=project))
        self._copies(schedule, project_id=f"{self._others} + i - 1")
        yield "retraining_schedule/"
        run = RetrainingRun(project=project, schedule=schedule, status="COMPLETED")
        self._copies(_saved(run))
        yield "retraining_run/"
        yield from self._webhooks()

    def _deployments(self, slot: int) -> Iterator[str]:
        served = {"project": self._project, "slot_id": slot}
        job = self._jobs("review")
        review = GateReview(
            **served,
            trained_model_id=self.model,
            champion_id=self.model + 1,
            job_id=job,
            target_metric="ndcg",
            cutoff=20,
            limits=Limits().to_json(),
            passed=True,
        )
        first = self._copies(_saved(review), job_id=f"{job} + i")
        yield "gate_review/"
        deployment = Deployment(
            **served,
            slot_name="0",
            trained_model_id=self.model,
            algorithm="IALS",
            data=self.data,
            data_name="interactions.csv",
            reason="manual",
            review_id=first,
        )
        self._copies(_saved(deployment), review_id=f"{first} + i")
        yield "deployment/"

    def _webhooks(self) -> Iterator[str]:
        hook = Webhook(project=self._project, url="https://shop.example.org/hook")
        mine, others = self._project.pk, f"{self._others} + i / {AT_MOST}"
        home = f"CASE WHEN i < {AT_MOST} THEN {mine} ELSE {others} END"
        first = self._copies(_saved(hook), project_id=home)
        yield "webhook/"
        told = {"project": self._project, "webhook_id": first}
        delivery = WebhookDelivery(**told, event="ping", body={})
        self._copies(_saved(delivery), webhook_id=f"{first} + i % {AT_MOST}")
        yield "webhook_delivery/"


def _saved(row: Any) -> Any:
    row.save()
    return row
