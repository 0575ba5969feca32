"""One wrong field is enough, alone and in a batch, and says what is wrong with it."""

import pytest

from recotem.experiments.models import ConversionEvent
from tests.experiments.events import event
from tests.factories import DeploymentSlotFactory, MembershipFactory

pytestmark = pytest.mark.one_database("postgresql")

ROUTE = "conversion_event/"
DEEP: dict[str, object] = {}
for _ in range(20):
    DEEP = {"in": DEEP}

WRONG = [
    ("project", None),
    ("project", "1"),
    ("project", True),
    ("project", 0),
    ("project", 10**30),
    ("project", 2**40),
    ("deployment_slot", None),
    ("deployment_slot", [1]),
    ("deployment_slot", 2**40),
    ("user_id", ""),
    ("user_id", "  "),
    ("user_id", None),
    ("user_id", 12),
    ("user_id", "u" * 257),
    ("user_id", "u\0"),
    ("item_id", None),
    ("item_id", "i" * 257),
    ("item_id", "\0"),
    ("event_type", ""),
    ("event_type", "sale"),
    ("event_type", ["click"]),
    ("recommendation_request_id", ""),
    ("recommendation_request_id", "12"),
    ("recommendation_request_id", 12),
    ("metadata_json", None),
    ("metadata_json", []),
    ("metadata_json", "{}"),
    ("metadata_json", {"page": "x" * 4096}),
    ("metadata_json", {"page": "\0"}),
    ("metadata_json", {"\0": 1}),
    ("metadata_json", {"page": "\\\0"}),
    ("metadata_json", DEEP),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_is_400_on_its_name(field, value, call_as, slot):
    wrong = event(slot, **{field: value})
    alone = call_as("owner", "post", ROUTE, wrong)
    assert alone.status_code == 400
    assert list(alone.json()) == [field, "detail", "code"]
    batch = call_as("owner", "post", f"{ROUTE}batch/", {"events": [event(slot), wrong]})
    assert batch.status_code == 400
    assert batch.json()["events"] == [{}, {field: alone.json()[field]}]
    assert not ConversionEvent.objects.exists()


@pytest.mark.parametrize(
    "field", ["project", "deployment_slot", "user_id", "event_type"]
)
def test_a_missing_field_is_400_on_its_name(field, call_as, slot):
    wrong = event(slot)
    del wrong[field]
    answer = call_as("owner", "post", ROUTE, wrong)
    assert answer.status_code == 400
    assert answer.json()[field] == ["This field is required."]


def test_a_number_without_end_is_400(call_as, slot):
    body = f"""{{"project": {slot.project_id}, "deployment_slot": {slot.pk},
        "user_id": "u", "event_type": "click", "metadata_json": {{"price": 1e999}}}}"""
    answer = call_as(
        "owner", "post", ROUTE, body, format=None, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["metadata_json"]


@pytest.mark.parametrize("body", [[], {}, {"events": None}, {"events": {}}])
def test_a_batch_that_is_no_list_is_refused(body, call_as, slot):
    answer = call_as("owner", "post", f"{ROUTE}batch/", body)
    assert answer.status_code == 400
    assert answer.json()["events"] == ["must be a list of events"]


@pytest.mark.parametrize("sent", [None, 1, "event", []])
def test_what_is_no_object_is_no_event(sent, call_as, slot):
    batch = call_as("owner", "post", f"{ROUTE}batch/", {"events": [sent]})
    assert batch.status_code == 400
    assert list(batch.json()["events"][0]) == ["non_field_errors"]
    assert call_as("owner", "post", ROUTE, sent or []).status_code == 400


def test_more_than_a_thousand_at_once_are_refused(call_as, slot):
    body = {"events": [event(slot)] * 1001}
    answer = call_as("owner", "post", f"{ROUTE}batch/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "batch_too_long")
    assert not ConversionEvent.objects.exists()


def test_a_slot_of_another_project_is_not_found(call_as, people, slot):
    theirs = [
        DeploymentSlotFactory(project=people.other_project),
        DeploymentSlotFactory(project=people.strange_project),
    ]
    for other in theirs:
        sent = event(slot, deployment_slot=other.pk)
        answer = call_as("owner", "post", ROUTE, sent)
        assert answer.json()["deployment_slot"] == ["not found"]
    sent = event(theirs[0])
    assert call_as("key_predict", "post", ROUTE, sent).json()["project"] == [
        "not found"
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 401),
        ("stranger", 400),
        ("viewer", 403),
        ("key_read", 403),
        ("key_write", 403),
        ("key_of_other_project", 400),
    ],
)
def test_who_may_not_add_events_adds_none(who, status, call_as, slot):
    answers = [
        call_as(who, "post", ROUTE, event(slot)),
        call_as(who, "post", f"{ROUTE}batch/", {"events": [event(slot)]}),
    ]
    assert [answer.status_code for answer in answers] == [status] * 2
    assert not ConversionEvent.objects.exists()


def test_one_event_of_a_project_that_is_only_read_refuses_all(call_as, owner, slot):
    other = DeploymentSlotFactory()
    MembershipFactory(project=other.project, user=owner, role="viewer")
    body = {"events": [event(slot), event(other)]}
    assert call_as("owner", "post", f"{ROUTE}batch/", body).status_code == 403
    assert not ConversionEvent.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch"])
def test_events_cannot_be_edited(method, call_as, slot):
    made = call_as("owner", "post", ROUTE, event(slot)).json()
    answer = call_as("owner", method, f"{ROUTE}{made['id']}/", event(slot))
    assert answer.status_code == 405
    assert call_as("owner", "get", f"{ROUTE}{made['id']}/").json() == made
