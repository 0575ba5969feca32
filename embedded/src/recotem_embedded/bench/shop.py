"""A project with a key and a test that has been running for some days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.datasets.models import TrainingData
from recotem.deployment.models import DeploymentSlot
from recotem.experiments.models import ABTest, ArmItem, ArmRequests, ConversionEvent
from recotem.experiments.services.rollups import rebuild
from recotem.keys.services import create_key
from recotem.projects.models import Project
from recotem.training.models import ModelConfiguration, TrainedModel

from . import processes

DAYS = 10
N_ITEMS = 50_000
_FILL = """
    INSERT INTO experiments_conversionevent (
        project_id, deployment_slot_id, user_id, item_id, event_type,
        recommendation_request_id, metadata_json, timestamp
    )
    SELECT %(project)s, CASE WHEN n %% 2 = 0 THEN %(a)s ELSE %(b)s END,
        'user-' || (n::bigint * 7919 %% 1000003), 'sku-' || (n %% %(items)s),
        CASE n %% 10 WHEN 0 THEN 'purchase' WHEN 1 THEN 'click' WHEN 2 THEN 'click'
            ELSE 'impression' END,
        gen_random_uuid(), '{}', %(start)s + n * %(step)s
    FROM generate_series(1, %(n)s) AS n
"""


@dataclass(frozen=True)
class Shop:
    project: int
    slots: tuple[int, int]
    test: int
    key: str

    @classmethod
    def open(cls, attribution_hours: int | None) -> "Shop":
        owner = get_user_model().objects.get()
        columns = {"user_column": "user", "item_column": "item"}
        project = Project.objects.create(owner=owner, name="shop", **columns)
        slots = _slots(project)
        test = ABTest.objects.create(
            project=project,
            name="button",
            control_slot=slots[0],
            variant_slot=slots[1],
            status=ABTest.Status.RUNNING,
            started_at=timezone.now() - timedelta(days=DAYS),
            attribution_hours=attribution_hours,
        )
        scopes = ["read", "predict"]
        _, key = create_key(
            actor=Actor(owner), project=project, name="bench", scopes=scopes
        )
        return cls(project.pk, test.slot_ids, test.pk, key)

    def fill(self, n_events: int) -> None:
        """Let the test have seen so many events, of a million users, in its days, and
        records of as many requests, in which few items are shown most."""
        test = ABTest.objects.get(pk=self.test)
        values: dict[str, Any] = {
            "project": self.project,
            "a": self.slots[0],
            "b": self.slots[1],
            "start": test.started_at,
            "step": timedelta(days=DAYS) / n_events,
            "n": n_events,
            "items": N_ITEMS,
        }
        with _without_indexes(), connection.cursor() as cursor:
            cursor.execute(_FILL, values)
        rebuild(test)
        for slot in test.slot_ids:
            arm = {"test": test, "slot_id": slot}
            ArmRequests.objects.create(
                **arm, requests=n_events, unknown_users=n_events // 10
            )
            ArmItem.objects.bulk_create(
                ArmItem(**arm, item_id=f"sku-{i}", shown=1 + n_events // (1 + i))
                for i in range(N_ITEMS)
            )
        with connection.cursor() as cursor:
            # as PostgreSQL does by itself a minute later
            cursor.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes() -> Iterator[None]:
    """To build them once is faster than to keep them through many rows."""
    indexes, constraints = (
        ConversionEvent._meta.indexes,  # noqa: SLF001  Django documents it
        ConversionEvent._meta.constraints,  # noqa: SLF001
    )
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(ConversionEvent, index)
        for constraint in constraints:
            editor.remove_constraint(ConversionEvent, constraint)
    yield
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(ConversionEvent, index)
        for constraint in constraints:
            editor.add_constraint(ConversionEvent, constraint)


def _slots(project: Project) -> list[DeploymentSlot]:
    data = TrainingData.objects.create(project=project, basename="none.csv")
    configuration = ModelConfiguration.objects.create(
        project=project, recommender_class_name="TopPop"
    )
    model = TrainedModel.objects.create(
        project=project, configuration=configuration, data_loc=data
    )
    return [
        DeploymentSlot.objects.create(project=project, name=name, trained_model=model)
        for name in ("control", "variant")
    ]


def database_process() -> int | None:
    """The server's first process, if it is PostgreSQL on this machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return processes.parent(cursor.fetchone()[0])
