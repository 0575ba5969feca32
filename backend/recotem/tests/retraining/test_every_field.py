"""No field of a schedule is there for nothing: each changes what happens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from recotem.retraining.models import RetrainingSchedule
from recotem.retraining.serializers import RetrainingScheduleSerializer
from recotem.training.models import TrainedModel
from recotem.tuning.models import ParameterTuningJob
from tests.factories import (
    EvaluationConfigFactory,
    ModelConfigurationFactory,
    SplitConfigFactory,
    TrainingDataFactory,
)
from tests.people import People
from tests.retraining.conftest import MONDAY, ROUTE, SUNDAY, job_ends, pass_time

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("postgresql")]

RETUNE = {"retune": True}


def another(factory: Any) -> Callable[[People], int]:
    """One more row of the owner's project, or of its owner."""

    def make(people: People) -> int:
        personal = factory in (SplitConfigFactory, EvaluationConfigFactory)
        whose = {"created_by": people.user("owner")} if personal else {}
        return factory(**whose or {"project": people.project}).pk

    return make


#: For each field: what else is set, another value, and what that changes.
CASES: dict[str, tuple[dict[str, Any], Any, set[str]]] = {
    "is_enabled": ({}, False, {"fired", "data", "configuration", "attempts", "mails"}),
    "cron_expression": ({}, "0 1 * * 0", {"fired"}),
    "time_zone": ({}, "Asia/Tokyo", {"fired"}),
    "training_data": ({}, another(TrainingDataFactory), {"data"}),
    "model_configuration": ({}, another(ModelConfigurationFactory), {"configuration"}),
    "retune": ({}, True, {"configuration", "split", "evaluation"}),
    "split_config": (RETUNE, another(SplitConfigFactory), {"split"}),
    "evaluation_config": (RETUNE, another(EvaluationConfigFactory), {"evaluation"}),
    "max_retries": ({}, 2, {"attempts"}),
    "notify_on_failure": ({}, False, {"mails"}),
}
#: Says whose schedule it is; there is no other value that a schedule could have.
FIXED = {"project"}
#: They follow a success, which these lives do not have.
IN_TEST_DEPLOYING = {"auto_deploy", "deployment_slot"}


def writable() -> set[str]:
    fields = RetrainingScheduleSerializer().fields
    return {name for name, field in fields.items() if not field.read_only}


def test_each_field_that_can_be_written_is_tried_here():
    assert CASES.keys() == writable() - FIXED - IN_TEST_DEPLOYING


@pytest.mark.parametrize("field", CASES)
def test_each_field_of_a_schedule_changes_what_happens(field, life, people):
    set_too, other, changed = CASES[field]
    usual = life(**set_too)
    found = life(**set_too, **{field: other(people) if callable(other) else other})
    assert {name for name in usual if usual[name] != found[name]} == changed


@pytest.fixture
def life(call_as, clock, wishes, sent, settings, mailoutbox):
    """What becomes, within a week, of a schedule whose jobs all fail."""
    settings.EMAIL_HOST = "mail.example.org"

    def live(**values: Any) -> dict[str, Any]:
        clock.move_to(MONDAY, tick=False)
        mailoutbox.clear()
        body = wishes | {"is_enabled": True, "max_retries": 0} | values
        made = call_as("key", "post", ROUTE, body)
        assert made.status_code == 201, made.data
        schedule = RetrainingSchedule.objects.get(pk=made.data["id"])
        for hours in range(-12, 6):
            pass_time(clock, SUNDAY + timedelta(hours=hours))
            for run in schedule.runs.filter(status="RUNNING"):
                job_ends(run, "FAILED", "No luck.")
        return told(call_as, schedule, mailoutbox)

    return live


def told(call_as, schedule, mails) -> dict[str, Any]:
    """What it did, and the schedule is gone again."""
    listed = call_as("key", "get", f"retraining_run/?schedule={schedule.pk}").json()
    models, searches = TrainedModel.objects, ParameterTuningJob.objects
    found = {
        "fired": [run["ins_datetime"] for run in listed["results"]],
        "attempts": [run["attempt"] for run in listed["results"]],
        "data": {
            *models.values_list("data_loc", flat=True),
            *searches.values_list("data", flat=True),
        },
        "configuration": {*models.values_list("configuration", flat=True)},
        "split": {*searches.values_list("split", flat=True)},
        "evaluation": {*searches.values_list("evaluation", flat=True)},
        "mails": len(mails),
    }
    assert call_as("key", "delete", f"{ROUTE}{schedule.pk}/").status_code == 204
    models.all().delete()
    searches.all().delete()
    return found
