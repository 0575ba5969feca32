"""Events become training data."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from recotem.core.storage import local_path
from recotem.datasets.models import TrainingData
from recotem.experiments.models import ConversionEvent
from tests.factories import ConversionEventFactory


def path_of(project):
    return f"project/{project.pk}/events_to_training_data/"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"event_types": ["sale"]}, "event_types"),
        ({"event_types": []}, "event_types"),
        ({"event_types": "click"}, "event_types"),
        ({"since": "yesterday"}, "since"),
    ],
)
def test_a_wrong_wish_is_400(body, field, call_as, slot):
    ConversionEventFactory(deployment_slot=slot)
    answer = call_as("owner", "post", path_of(slot.project), body)
    assert answer.status_code == 400
    assert answer.json()[field]


@pytest.mark.parametrize(
    ("who", "status"),
    [("stranger", 404), ("viewer", 403), ("key_read", 403), ("key_predict", 403)],
)
def test_who_may_not_upload_exports_nothing(who, status, call_as, slot):
    ConversionEventFactory(deployment_slot=slot)
    assert call_as(who, "post", path_of(slot.project)).status_code == status
    assert not TrainingData.objects.filter(basename="events.csv").exists()


def test_where_there_is_nothing_to_export_nothing_is_left(call_as, slot, media_root):
    ConversionEventFactory(deployment_slot=slot, item_id="")
    ConversionEventFactory(deployment_slot=slot, event_type="impression")
    answer = call_as("editor", "post", path_of(slot.project))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_events")
    assert not TrainingData.objects.filter(basename="events.csv").exists()
    assert not [path for path in media_root.rglob("*") if path.is_file()]


def test_an_export_is_no_larger_than_an_upload_may_be(
    call_as, slot, settings, media_root
):
    settings.RECOTEM_MAX_UPLOAD_BYTES = 100
    ConversionEventFactory.create_batch(5, deployment_slot=slot)
    answer = call_as("editor", "post", path_of(slot.project))
    assert (answer.status_code, answer.json()["code"]) == (409, "file_too_large")
    assert not [path for path in media_root.rglob("*") if path.is_file()]


def test_clicks_and_purchases_become_training_data(call_as, slot):
    for user, item, kind in (
        ("u1", "007", "click"),
        ("u1", 'a "b", c\nd', "purchase"),
        ("u2", "007", "click"),
        ("u3", "i9", "impression"),
        ("u2", "", "click"),
    ):
        ConversionEventFactory(
            deployment_slot=slot, user_id=user, item_id=item, event_type=kind
        )
    ConversionEventFactory(user_id="a stranger's")
    answer = call_as("key_write", "post", path_of(slot.project))
    assert answer.status_code == 201, answer.data
    made = answer.json()
    facts = {"n_rows": 3, "n_users": 2, "n_items": 2, "project": slot.project_id}
    assert {name: made[name] for name in facts} == facts
    data = TrainingData.objects.get(pk=made["id"])
    with local_path(data.file).open(newline="") as file:
        written = list(csv.reader(file))
    assert written[0] == ["user_id", "item_id", "time"]
    assert [row[:2] for row in written[1:]] == [
        ["u1", "007"],
        ["u1", 'a "b", c\nd'],
        ["u2", "007"],
    ]
    assert call_as("viewer", "get", f"training_data/{data.pk}/").status_code == 200


def test_types_and_time_choose_the_events(call_as, slot):
    slot.project.time_column = None
    slot.project.save()
    old = ConversionEventFactory(deployment_slot=slot, event_type="impression")
    past = timezone.now() - timedelta(days=9)
    ConversionEvent.objects.filter(pk=old.pk).update(timestamp=past)
    ConversionEventFactory(deployment_slot=slot, event_type="impression")
    ConversionEventFactory(deployment_slot=slot, event_type="purchase")
    body = {"event_types": ["impression"]}
    counts = [
        call_as("owner", "post", path_of(slot.project), {**body, **more}).json()[
            "n_rows"
        ]
        for more in ({}, {"since": (past + timedelta(days=1)).isoformat()})
    ]
    assert counts == [2, 1]
