import time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recotem.core.actor import Actor
from recotem.experiments.models import ConversionEvent
from recotem.experiments.services.events import record_events
from tests.experiments.events import event, of_requests
from tests.factories import ConversionEventFactory, DeploymentSlotFactory

ROUTE = "conversion_event/"
BATCH = f"{ROUTE}batch/"


def test_only_who_may_delete_deletes(call_as, slot):
    row = ConversionEventFactory(deployment_slot=slot)
    path = f"{ROUTE}{row.pk}/"
    for who, status in {
        "stranger": 404,
        "editor": 403,
        "key_read": 403,
        "key_predict": 403,
        "key_write": 204,
        "owner": 404,
    }.items():
        assert call_as(who, "delete", path).status_code == status, who


def test_a_slot_with_events_stays(call_as, slot):
    row = ConversionEventFactory(deployment_slot=slot)
    path = f"deployment_slot/{slot.pk}/"
    assert call_as("owner", "delete", path).status_code == 409
    call_as("owner", "delete", f"{ROUTE}{row.pk}/")
    assert call_as("owner", "delete", path).status_code == 204


def test_an_event_comes_back_as_it_was_sent(call_as, slot):
    sent = event(
        slot,
        user_id="émile 🛒",
        event_type="purchase",
        recommendation_request_id=str(uuid4()),
        metadata_json={"price": 12.5, "tags": ["a", {"deep": None}], "\\u0000": 2**70},
    )
    made = call_as("key_predict", "post", ROUTE, sent)
    assert made.status_code == 201, made.data
    shown = call_as("key_read", "get", f"{ROUTE}{made.json()['id']}/").json()
    assert shown == made.json()
    assert {name: shown[name] for name in sent} == sent
    assert shown["timestamp"].endswith("Z")


def test_a_batch_stores_what_single_events_store(call_as, slot):
    sent = [
        event(slot, item_id="", metadata_json={"ü": ["\\", 0.1, 2**70, True]}),
        event(slot, user_id="'; \"%s\n", recommendation_request_id=str(uuid4())),
        event(slot, event_type="impression", recommendation_request_id=None),
    ]
    least = {k: v for k, v in event(slot, user_id="7").items() if k != "item_id"}
    for one in (*sent, least):
        assert call_as("owner", "post", ROUTE, one).status_code == 201
    alone = stored()
    ConversionEvent.objects.all().delete()
    answer = call_as("owner", "post", BATCH, {"events": [*sent, least]})
    assert (answer.status_code, answer.json()) == (201, {"created": 4})
    assert stored() == alone
    assert ConversionEvent.objects.filter(timestamp__isnull=False).count() == 4
    assert call_as("owner", "post", BATCH, {"events": []}).json() == {"created": 0}


def stored() -> list[dict[str, object]]:
    names = [f.name for f in ConversionEvent._meta.fields]
    names = [name for name in names if name not in {"id", "timestamp"}]
    return list(
        ConversionEvent.objects.order_by("user_id", "event_type").values(*names)
    )


def test_the_same_event_of_a_request_counts_once(call_as, slot):
    [sent] = of_requests(slot, 1)
    first = call_as("key_predict", "post", ROUTE, sent)
    again = call_as("key_predict", "post", ROUTE, {**sent, "user_id": "u2"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    others = [
        {**sent, "event_type": "purchase"},
        {**sent, "item_id": "i2"},
        {**sent, "item_id": "i2", "user_id": "u2"},
        *of_requests(slot, 1),
    ]
    answer = call_as("key_predict", "post", BATCH, {"events": [sent, *others, sent]})
    assert answer.json() == {"created": 3}
    answer = call_as("key_predict", "post", BATCH, {"events": others})
    assert answer.json() == {"created": 0}
    assert ConversionEvent.objects.count() == 4


def test_events_without_a_request_all_count(call_as, slot):
    body = {"events": [event(slot)] * 2}
    assert call_as("owner", "post", BATCH, body).json() == {"created": 2}
    ids = {call_as("owner", "post", ROUTE, event(slot)).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_a_request_of_another_project_is_none_of_ours(call_as, people, slot):
    [theirs] = of_requests(DeploymentSlotFactory(project=people.strange_project), 1)
    call_as("stranger", "post", ROUTE, theirs)
    request = theirs["recommendation_request_id"]
    ours = event(slot, recommendation_request_id=request)
    made = call_as("owner", "post", ROUTE, ours).json()
    assert made["project"] == slot.project_id
    assert call_as("owner", "post", BATCH, {"events": [ours]}).json() == {"created": 0}
    assert ConversionEvent.objects.count() == 2


def test_the_number_of_queries_does_not_grow_with_the_batch(call_as, owner, slot):
    slots = [DeploymentSlotFactory(project=slot.project) for _ in range(3)]
    counts = []
    for events in (
        of_requests(slot, 1),
        [e for s in slots for e in of_requests(s, 99)],
    ):
        with CaptureQueriesContext(connection) as queries:
            assert record_events(actor=Actor(owner), sent={"events": events})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_a_thousand_events_cost_far_less_than_a_second_of_cpu(call_as, slot):
    body = {"events": of_requests(slot, 1000, metadata_json={"page": 3})}
    before = time.process_time()
    assert call_as("key_predict", "post", BATCH, body).json() == {"created": 1000}
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("event_type=click", {"ours"}),
        ("event_type=purchase", {"sold", "other"}),
        ("deployment_slot={slot}", {"ours", "sold"}),
        ("project={project}&event_type=purchase", {"sold"}),
        ("project={project}", {"ours", "sold"}),
        ("", {"ours", "sold", "other"}),
    ],
)
def test_events_are_found_by_project_slot_and_type(
    query, expected, call_as, people, slot
):
    ConversionEventFactory(deployment_slot=slot, user_id="ours")
    ConversionEventFactory(deployment_slot=slot, user_id="sold", event_type="purchase")
    ConversionEventFactory(
        deployment_slot__project=people.other_project,
        user_id="other",
        event_type="purchase",
    )
    ConversionEventFactory(user_id="not ours")
    text = query.format(slot=slot.pk, project=slot.project_id)
    listed = call_as("owner", "get", f"{ROUTE}?{text}").json()
    assert {row["user_id"] for row in listed["results"]} == expected
    assert listed["count"] == len(expected)
    ids = [row["id"] for row in listed["results"]]
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize("query", ["event_type=sale", "project=x", "deployment_slot=-"])
def test_a_bad_filter_is_400(query, call_as, slot):
    assert call_as("owner", "get", f"{ROUTE}?{query}").status_code == 400


def test_a_list_costs_as_many_queries_for_one_row_as_for_many(call_as, slot):
    counts = []
    for n_rows in (1, 30):
        ConversionEventFactory.create_batch(n_rows, deployment_slot=slot)
        call_as("owner", "get", ROUTE)
        with CaptureQueriesContext(connection) as queries:
            call_as("owner", "get", ROUTE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
