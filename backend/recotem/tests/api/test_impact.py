"""What a DELETE is said to take along is what it takes."""

from typing import Any

import pytest
from django.apps import apps

from recotem.experiments.models import ABTest, ArmDay, ArmUser, ConversionEvent
from recotem.jobs.models import Job, JobAttempt
from tests import factories
from tests.api.every_route import ROW_OF
from tests.people import People

#: Tell of the work, not what people keep.
UNTOLD = {Job, JobAttempt, ArmUser, ArmDay}
LONELY = {"split_config", "evaluation_config", "deployment_slot"}


class Shop:
    """A project in which everything hangs on everything, beside another like it."""

    def __init__(self, project: Any) -> None:
        self.project = project
        self.training_data = factories.TrainingDataFactory(
            project=project, filesize=10_000
        )
        self.item_meta_data = factories.ItemMetaDataFactory(
            project=project, filesize=2_000
        )
        self.model_configuration = factories.ModelConfigurationFactory(project=project)
        self.trained_model = self.model(filesize=300)
        self.model(file=None)
        factories.TaskLogFactory(job=self.trained_model.job)
        self.parameter_tuning_job = factories.ParameterTuningJobFactory(
            data=self.training_data,
            job__status="COMPLETED",
            best_config=self.model_configuration,
            tuned_model=self.trained_model,
        )
        self.split_config = self.parameter_tuning_job.split
        self.evaluation_config = self.parameter_tuning_job.evaluation
        factories.TrialFactory.create_batch(2, tuning_job=self.parameter_tuning_job)
        factories.TaskLogFactory(job=self.parameter_tuning_job.job)
        self.retraining_schedule = factories.RetrainingScheduleFactory(
            project=project,
            training_data=self.training_data,
            model_configuration=self.model_configuration,
        )
        factories.RetrainingRunFactory(
            schedule=self.retraining_schedule, trained_model=self.trained_model
        )
        factories.ApiKeyFactory(project=project)
        factories.MembershipFactory(project=project)

    def model(self, **values: Any) -> Any:
        return factories.TrainedModelFactory(
            configuration=self.model_configuration,
            data_loc=self.training_data,
            **values,
        )

    def deploy(self) -> None:
        """Serve the model, and let people come."""
        slots = [
            factories.DeploymentSlotFactory(
                project=self.project, trained_model=self.trained_model
            )
            for _ in range(2)
        ]
        self.deployment_slot = slots[0]
        ABTest.objects.create(
            project=self.project,
            name="test",
            control_slot=slots[0],
            variant_slot=slots[1],
        )
        ConversionEvent.objects.create(
            project=self.project,
            deployment_slot=slots[0],
            user_id="u1",
            event_type="click",
        )


@pytest.fixture
def shop(people: People) -> Shop:
    Shop(people.strange_project).deploy()
    return Shop(people.project)


def rows() -> dict[str, int]:
    return {
        model._meta.verbose_name.replace(" ", "_"): model._default_manager.count()
        for model in apps.get_models()
        if model not in UNTOLD and model.__module__.startswith("recotem.")
    }


def asked(call_as: Any, kind: str, row: Any, who: str = "owner") -> dict[str, Any]:
    answer = call_as(who, "get", f"{kind}/{row.pk}/impact/")
    assert answer.status_code == 200, answer.content
    return answer.json()


KINDS = [
    "project",
    "training_data",
    "item_meta_data",
    "model_configuration",
    "trained_model",
    "deployment_slot",
    "split_config",
    "evaluation_config",
    "retraining_schedule",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_delete_takes_what_it_was_said_to_take(kind, call_as, people, shop):
    if kind == "project":
        shop.deploy()
    row = ROW_OF[kind](people.project) if kind in LONELY else getattr(shop, kind)
    told, before = asked(call_as, kind, row), rows()
    assert told["blocked_by"] == []
    assert call_as("owner", "delete", f"{kind}/{row.pk}/").status_code == 204
    after = rows()
    gone = {name: before[name] - after[name] for name in before}
    gone.pop("audit_entry", None)
    gone.pop("revision", None)
    assert told["deletes"] == {name: count for name, count in gone.items() if count}


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("project", 12_300),
        ("training_data", 10_300),
        ("item_meta_data", 2_000),
        ("model_configuration", 300),
        ("trained_model", 300),
        ("split_config", 0),
    ],
)
def test_the_space_it_frees_is_that_of_its_files(kind, number, call_as, shop):
    assert asked(call_as, kind, getattr(shop, kind))["frees_bytes"] == number


@pytest.mark.parametrize(
    ("kind", "blockers"),
    [
        ("training_data", {"deployment_slot"}),
        ("model_configuration", {"deployment_slot"}),
        ("trained_model", {"deployment_slot"}),
        ("deployment_slot", {"ab_test", "conversion_event"}),
        ("split_config", {"parameter_tuning_job"}),
        ("evaluation_config", {"parameter_tuning_job"}),
    ],
)
def test_what_stands_against_a_delete_is_named(kind, blockers, call_as, shop):
    shop.deploy()
    row = getattr(shop, kind)
    told, before = asked(call_as, kind, row, who="owner"), rows()
    assert {blocker["kind"] for blocker in told["blocked_by"]} == blockers
    for blocker in told["blocked_by"]:
        assert set(blocker) == {"kind", "id", "name", "reason"}
        assert blocker["reason"].endswith(".")
    assert call_as("owner", "delete", f"{kind}/{row.pk}/").status_code == 409
    assert rows() == before


def test_work_that_reads_data_stands_against_its_delete(call_as, people, shop):
    model = shop.model(job=factories.JobFactory(status="RUNNING"), status="RUNNING")
    told = asked(call_as, "training_data", shop.training_data, who="viewer")
    [blocker] = told["blocked_by"]
    assert (blocker["kind"], blocker["id"]) == ("trained_model", model.pk)
    assert told["deletes"]["trained_model"] == 3


def test_many_that_stand_against_it_are_not_all_named(call_as, shop):
    factories.DeploymentSlotFactory.create_batch(
        25, project=shop.project, trained_model=shop.trained_model
    )
    told = asked(call_as, "trained_model", shop.trained_model)
    assert len(told["blocked_by"]) == 20
