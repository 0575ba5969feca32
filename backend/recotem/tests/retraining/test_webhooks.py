"""Webhooks as people set them: who, what, and how the secret is kept."""

import pytest
from django.apps import apps
from django.core import serializers

from recotem.core.models import AuditEntry
from recotem.retraining.models import Webhook
from tests.factories import WebhookDeliveryFactory, WebhookFactory

pytestmark = pytest.mark.django_db

HOOKS = "webhook/"
URL = "https://hooks.example.org/recotem"


@pytest.fixture
def new_hook(call_as, project):
    def make(**values):
        body = {"project": project.pk, "url": URL} | values
        answer = call_as("editor", "post", HOOKS, body)
        assert answer.status_code == 201, answer.data
        return answer.json()

    return make


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "ftp://example.org/"}, "url"),
        ({"url": "http://127.0.0.1:8000/"}, "url"),
        ({"url": "https://user:word@example.org/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": None}, "url"),
        ({"url": "https://example.org/" + "a" * 1000}, "url"),
        ({"events": []}, "events"),
        ({"events": ["ping"]}, "events"),
        ({"events": ["run_failed", "odd"]}, "events"),
        ({"events": "run_failed"}, "events"),
        ({"events": None}, "events"),
        ({"is_active": "perhaps"}, "is_active"),
    ],
)
def test_what_cannot_be_told_is_refused_on_its_field(values, field, call_as, new_hook):
    row = new_hook()
    body = {"project": row["project"], "url": URL} | values
    made = call_as("editor", "post", HOOKS, body)
    assert (made.status_code, field in made.data) == (400, True), made.data
    changed = call_as("editor", "patch", f"{HOOKS}{row['id']}/", values)
    assert (changed.status_code, field in changed.data) == (400, True), changed.data
    assert Webhook.objects.count() == 1


def test_a_webhook_tells_of_failures_unless_it_is_told_otherwise(new_hook):
    shown = new_hook()
    assert shown["events"] == ["run_failed"]
    assert (shown["is_active"], shown["last_status"]) == (True, None)
    twice = new_hook(events=["run_skipped", "run_completed", "run_skipped"])
    assert twice["events"] == ["run_completed", "run_skipped"]


def test_a_webhook_stays_in_its_project_and_results_cannot_be_written(
    call_as, new_hook, people
):
    path = f"{HOOKS}{new_hook()['id']}/"
    moved = call_as("owner", "patch", path, {"project": people.other_project.pk})
    assert moved.data["project"] == ["cannot be changed"]
    written = {"last_status": "DELIVERED", "last_error": "no", "secret": "mine"}
    assert call_as("owner", "patch", path, written).json()["last_status"] is None


def test_the_secret_is_told_once_and_stands_in_no_row(call_as, new_hook):
    made = new_hook()
    secret = made["secret"]
    path = f"{HOOKS}{made['id']}/"
    new = call_as("editor", "post", f"{path}rotate_secret/").json()["secret"]
    assert len({secret, new, new_hook()["secret"]}) == 3
    shown = call_as("owner", "get", path).json()
    assert "secret" not in shown
    assert not [name for name in shown if "salt" in name]
    rows = [
        serializers.serialize("json", model._default_manager.all())
        for model in apps.get_models()
        if model.__module__.startswith("recotem.")
    ]
    for text in (secret, new):
        assert text.startswith("rctm_hook_")
        assert text.removeprefix("rctm_hook_") not in "".join(rows)


def test_a_project_has_at_most_ten(call_as, new_hook, project, people):
    WebhookFactory.create_batch(10, project=project)
    answer = call_as("owner", "post", HOOKS, {"project": project.pk, "url": URL})
    assert (answer.status_code, answer.data["code"]) == (409, "too_many_webhooks")
    other = {"project": people.other_project.pk, "url": URL}
    assert call_as("owner", "post", HOOKS, other).status_code == 201


def test_viewers_see_neither_webhooks_nor_their_deliveries(call_as, project):
    delivery = WebhookDeliveryFactory(webhook__project=project, last_error="a hint")
    for who, count in {"viewer": 0, "stranger": 0, "editor": 1}.items():
        assert call_as(who, "get", HOOKS).data["count"] == count
        assert call_as(who, "get", "webhook_delivery/").data["count"] == count
    shown = call_as("editor", "get", f"webhook_delivery/{delivery.pk}/").json()
    assert shown["last_error"] == "a hint"


def test_deliveries_are_read_only_and_found_by_webhook_run_and_status(call_as, project):
    delivery = WebhookDeliveryFactory(webhook__project=project, status="FAILED")
    WebhookDeliveryFactory(webhook=delivery.webhook)
    for method in ("post", "patch", "delete"):
        path = f"webhook_delivery/{delivery.pk}/" if method != "post" else ""
        path = path or "webhook_delivery/"
        assert call_as("owner", method, path, {}).status_code == 405
    for query, count in {
        f"webhook={delivery.webhook_id}": 2,
        f"run={delivery.run_id}": 1,
        "status=FAILED": 1,
        "status=PENDING": 0,
    }.items():
        listed = call_as("editor", "get", f"webhook_delivery/?{query}")
        assert listed.data["count"] == count, query


def test_a_webhook_that_is_off_is_not_pinged(call_as, new_hook):
    path = f"{HOOKS}{new_hook(is_active=False)['id']}/"
    answer = call_as("editor", "post", f"{path}ping/")
    assert (answer.status_code, answer.data["code"]) == (409, "webhook_off")


def test_who_switches_a_webhook_off_gives_up_what_waits(call_as, new_hook):
    path = f"{HOOKS}{new_hook()['id']}/"
    waiting = call_as("editor", "post", f"{path}ping/").json()
    assert (waiting["status"], waiting["attempts"]) == ("PENDING", 0)
    call_as("editor", "patch", path, {"is_active": False})
    given_up = call_as("editor", "get", f"webhook_delivery/{waiting['id']}/").json()
    assert (given_up["status"], given_up["next_attempt_at"]) == ("FAILED", None)
    assert "switched off" in given_up["last_error"]


def test_every_change_of_a_webhook_is_in_the_audit_log_without_its_secret(
    call_as, new_hook
):
    made = new_hook()
    path = f"{HOOKS}{made['id']}/"
    call_as("editor", "patch", path, {"events": ["run_skipped"]})
    call_as("editor", "post", f"{path}rotate_secret/")
    call_as("editor", "post", f"{path}ping/")
    call_as("owner", "delete", path)
    entries = AuditEntry.objects.order_by("pk")
    assert [(row.actor_name, row.action, row.kind) for row in entries] == [
        ("editor", "create", "webhook"),
        ("editor", "update", "webhook"),
        ("editor", "update", "webhook"),
        ("editor", "create", "webhook_delivery"),
        ("owner", "delete", "webhook"),
    ]
    assert entries[1].after == {"events": ["run_skipped"]}
    noted = str(list(entries.values()))
    assert made["secret"] not in noted
