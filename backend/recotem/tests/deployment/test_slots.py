import pytest

from recotem.core import model_events
from recotem.core.models import Revision
from recotem.deployment.models import DeploymentSlot
from recotem_contracts.model_events import SlotsChanged, parse
from tests.factories import DeploymentSlotFactory, TrainedModelFactory

ROUTE = "deployment_slot/"


@pytest.fixture
def model(project):
    return TrainedModelFactory(configuration__project=project)


@pytest.fixture
def slot(project, model):
    return DeploymentSlotFactory(project=project, trained_model=model, name="main")


@pytest.fixture
def told(monkeypatch, settings):
    """The events that Redis would have carried."""
    events: list[object] = []
    settings.MODEL_EVENTS_REDIS_URL = "redis://nowhere"
    monkeypatch.setattr(
        model_events, "_send", lambda message: events.append(parse(message))
    )
    return events


def revision() -> int:
    row = Revision.objects.filter(name="serving").first()
    return row.value if row else 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weight": -1}, "weight"),
        ({"weight": 101}, "weight"),
        ({"weight": "heavy"}, "weight"),
        ({"is_active": "perhaps"}, "is_active"),
        ({"name": ""}, "name"),
        ({"name": "main"}, "name"),
        ({"trained_model": 999_999}, "trained_model"),
        ({"trained_model": None}, "trained_model"),
    ],
)
def test_a_wrong_slot_is_refused(values, field, call_as, project, slot, model):
    body = {"project": project.pk, "name": "b", "trained_model": model.pk, **values}
    answer = call_as("owner", "post", ROUTE, body)
    assert (answer.status_code, field in answer.data) == (400, True), answer.data
    changed = call_as("owner", "patch", f"{ROUTE}{slot.pk}/", values)
    assert changed.status_code == (200 if values == {"name": "main"} else 400)


def foreign(people):
    return {
        "of my other project": TrainedModelFactory(
            configuration__project=people.other_project
        ),
        "of a stranger": TrainedModelFactory(
            configuration__project=people.strange_project
        ),
        "that is running": TrainedModelFactory(
            configuration__project=people.project, status="RUNNING", file=None
        ),
        "without a file": TrainedModelFactory(
            configuration__project=people.project, file=None
        ),
    }


def test_a_model_that_cannot_be_served_here_is_refused(call_as, people, project, slot):
    for what, other in foreign(people).items():
        body = {"project": project.pk, "name": "b", "trained_model": other.pk}
        answers = [
            call_as("owner", "post", ROUTE, body),
            call_as(
                "owner", "patch", f"{ROUTE}{slot.pk}/", {"trained_model": other.pk}
            ),
        ]
        assert [answer.status_code for answer in answers] == [400, 400], what
        assert all(answer.data["trained_model"] for answer in answers)
    assert DeploymentSlot.objects.get().trained_model_id == slot.trained_model_id


@pytest.mark.parametrize(
    ("who", "status"), [("viewer", 403), ("stranger", 404), ("key_read", 403)]
)
def test_who_may_not_write_does_not(who, status, call_as, slot):
    path = f"{ROUTE}{slot.pk}/"
    assert call_as(who, "patch", path, {"weight": 1}).status_code == status
    assert call_as(who, "delete", path).status_code == status
    assert call_as("editor", "delete", path).status_code == 403


def test_a_slot_does_not_move_to_another_project(call_as, people, slot):
    body = {"project": people.other_project.pk}
    answer = call_as("owner", "patch", f"{ROUTE}{slot.pk}/", body)
    assert answer.data["project"] == ["cannot be changed"]


def test_every_change_is_told(
    call_as, project, model, told, django_capture_on_commit_callbacks
):
    seen = [revision()]
    body = {"project": project.pk, "name": "main", "trained_model": model.pk}
    with django_capture_on_commit_callbacks(execute=True):
        made = call_as("editor", "post", ROUTE, body)
    assert made.status_code == 201, made.data
    assert (made.data["weight"], made.data["is_active"]) == (100, True)
    seen.append(revision())
    path = f"{ROUTE}{made.data['id']}/"
    newer = TrainedModelFactory(configuration__project=project)
    change = {"weight": 0, "is_active": False, "trained_model": newer.pk}
    with django_capture_on_commit_callbacks(execute=True):
        changed = call_as("editor", "patch", path, change)
    assert {name: changed.data[name] for name in change} == change
    seen.append(revision())
    with django_capture_on_commit_callbacks(execute=True):
        assert call_as("owner", "delete", path).status_code == 204
    seen.append(revision())
    assert seen == sorted(set(seen))
    assert told == [SlotsChanged(project_id=project.pk)] * 3


def test_slots_are_found_by_project_and_activity(call_as, project, slot):
    DeploymentSlotFactory(project=project, is_active=False)
    DeploymentSlotFactory()
    listed = call_as("viewer", "get", f"{ROUTE}?project={project.pk}").data
    assert listed["count"] == 2
    active = call_as("viewer", "get", f"{ROUTE}?project={project.pk}&is_active=true")
    assert [row["id"] for row in active.data["results"]] == [slot.pk]
    assert call_as("viewer", "get", f"{ROUTE}?is_active=perhaps").status_code == 400
