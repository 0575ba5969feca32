"""What a receiver hears of runs, and how often it is tried to tell."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from recotem.retraining.models import WebhookDelivery
from recotem.retraining.services import messengers, posting
from tests.retraining.conftest import (
    ROUTE,
    SUNDAY,
    WEEK,
    job_ends,
    new_data,
    pass_time,
    runs_of,
)
from tests.retraining.receivers import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("postgresql")]

GUIDE = Path(__file__).parents[4] / "docs/deployment/webhooks.md"
#: Not the schedule's: a key can trigger, but webhooks are the people's.
EDITOR = "editor"


@pytest.fixture
def new_hook(call_as, project, shop_server):
    def make(**values):
        body = {"project": project.pk, "url": shop_server.url} | values
        answer = call_as(EDITOR, "post", "webhook/", body)
        assert answer.status_code == 201, answer.data
        return answer.json()

    return make


@pytest.fixture
def fails(schedule_with, clock):
    """A run that failed for good, and the reconciler that came by then."""

    def fail(**values):
        schedule = schedule_with(max_retries=0, **values)
        pass_time(clock, SUNDAY)
        [run] = runs_of(schedule)
        job_ends(run, "FAILED", "No luck.")
        pass_time(clock, SUNDAY + timedelta(seconds=10))
        return run

    return fail


def documented_check():
    """The function that the guide gives to those who write a receiver."""
    [example] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    names = {}
    exec(example, names)  # noqa: S102  what readers are told to run
    return names["is_from_recotem"]


def delivery():
    return WebhookDelivery.objects.get()


def test_a_failed_run_is_told_as_the_api_shows_it(
    clock, new_hook, fails, shop_server, call_as
):
    hook = new_hook()
    run = fails(notify_on_failure=False)
    pass_time(clock, SUNDAY + timedelta(hours=1))
    [told] = shop_server.told
    assert told.path == "/hook?from=recotem"
    assert told.headers["Content-Type"] == "application/json"
    assert told.headers["X-Recotem-Event"] == told.json["event"] == "run_failed"
    assert told.headers["X-Recotem-Delivery"] == str(delivery().pk)
    assert told.json["project_name"] == "shop"
    assert told.json["schedule"] == run.schedule_id
    shown = call_as("key", "get", f"retraining_run/{run.pk}/").json()
    assert told.json["run"].items() <= shown.items()
    assert told.json["run"]["error_message"] == "No luck."
    row = delivery()
    assert (row.status, row.attempts, row.response_status) == ("DELIVERED", 1, 200)
    assert row.webhook_id == hook["id"]
    assert row.webhook.last_status == "DELIVERED"


def test_the_check_in_the_guide_believes_what_was_signed_and_nothing_else(
    clock, new_hook, fails, shop_server
):
    hook = new_hook()
    fails()
    [told] = shop_server.told
    check = documented_check()
    assert check(hook["secret"], told.headers, told.body)
    assert not check("rctm_hook_another", told.headers, told.body)
    assert not check(hook["secret"], told.headers, told.body + b" ")
    later = dict(told.headers) | {"X-Recotem-Timestamp": str(int(time.time()) + 1)}
    assert not check(hook["secret"], later, told.body)
    clock.shift(timedelta(minutes=6))
    assert not check(hook["secret"], told.headers, told.body)


def test_after_a_rotation_both_secrets_sign_for_a_day(
    clock, new_hook, shop_server, call_as, people
):
    old = new_hook()
    path = f"webhook/{old['id']}/"
    new = call_as(EDITOR, "post", f"{path}rotate_secret/").json()["secret"]
    check = documented_check()
    believed = []
    for wait in (timedelta(hours=23), timedelta(hours=2)):
        clock.shift(wait)
        people._clients.clear()  # the session is too old by now
        call_as(EDITOR, "post", f"{path}ping/")
        messengers.send_out()
        told = shop_server.told[-1]
        secrets = (old["secret"], new)
        believed.append([check(secret, told.headers, told.body) for secret in secrets])
    assert believed == [[True, True], [False, True]]


def test_each_webhook_is_told_what_it_asks_for(
    clock, new_hook, schedule_with, shop_server
):
    new_hook(events=["run_completed", "run_skipped"])
    new_hook(events=["run_failed"], is_active=False)
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    pass_time(clock, SUNDAY + WEEK)  # beside the run before it
    job_ends(runs_of(schedule)[0])
    pass_time(clock, SUNDAY + 2 * WEEK)  # the data are the same
    new_data(schedule.training_data, "other")
    schedule.model_configuration.delete()
    pass_time(clock, SUNDAY + 3 * WEEK)  # and so it fails
    pass_time(clock, SUNDAY + 3 * WEEK + timedelta(minutes=1))
    told = [
        (hook.json["event"], hook.json["run"]["status"]) for hook in shop_server.told
    ]
    assert told == [
        ("run_skipped", "SKIPPED"),
        ("run_completed", "COMPLETED"),
        ("run_skipped", "SKIPPED"),
    ]
    assert runs_of(schedule)[-1].status == "FAILED"


def test_webhooks_of_other_projects_hear_nothing(fails, people, call_as, shop_server):
    body = {"project": people.other_project.pk, "url": shop_server.url}
    assert call_as("owner", "post", "webhook/", body).status_code == 201
    fails()
    assert shop_server.told == []


def test_what_is_refused_is_told_again_after_a_pause_that_grows_for_a_day(
    clock, new_hook, fails, shop_server
):
    new_hook()
    shop_server.answer = 500
    fails()
    row = delivery()
    assert (row.status, row.attempts, row.response_status) == ("PENDING", 1, 500)
    assert row.last_error == row.webhook.last_error == "The answer was 500."
    pauses = []
    while row.status == "PENDING":
        before = row.next_attempt_at
        pass_time(clock, before - timedelta(seconds=1))
        assert delivery().attempts == row.attempts
        pass_time(clock, before)
        row = delivery()
        if row.next_attempt_at:
            pauses.append(round((row.next_attempt_at - before).total_seconds() / 60))
    assert pauses[:7] == [2, 4, 8, 16, 32, 60, 60]
    assert (row.status, row.attempts) == ("FAILED", len(shop_server.told))
    assert timedelta(days=1) <= before - row.ins_datetime < timedelta(days=1, hours=1)
    assert {told.headers["X-Recotem-Delivery"] for told in shop_server.told} == {
        str(row.pk)
    }
    pass_time(clock, before + timedelta(days=1))
    assert delivery().attempts == row.attempts


def test_a_receiver_that_comes_back_is_told(clock, new_hook, fails, shop_server):
    new_hook()
    shop_server.answer = 503
    fails()
    shop_server.answer = 204
    pass_time(clock, delivery().next_attempt_at)
    row = delivery()
    assert (row.status, row.attempts, row.last_error) == ("DELIVERED", 2, "")
    assert (row.next_attempt_at, row.webhook.last_error) == (None, "")


def test_what_waits_goes_to_the_new_address(
    clock, new_hook, fails, shop_server, call_as, people
):
    hook = new_hook()
    shop_server.answer = 404
    fails()
    people._clients.clear()
    with receiver() as moved:
        path = f"webhook/{hook['id']}/"
        assert call_as(EDITOR, "patch", path, {"url": moved.url}).status_code == 200
        pass_time(clock, delivery().next_attempt_at)
        assert (len(moved.told), delivery().status) == (1, "DELIVERED")


def test_redirects_are_not_followed(new_hook, fails, shop_server):
    new_hook()
    with receiver() as inside:
        shop_server.answer = 307
        shop_server.headers = {"Location": inside.url}
        fails()
        assert inside.told == []
    assert delivery().last_error == "The answer was 307. Redirects are not followed."


def test_proxies_of_the_environment_are_not_asked(
    new_hook, fails, shop_server, monkeypatch
):
    new_hook()
    with receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        fails()
        assert proxy.told == []
    assert delivery().status == "DELIVERED"


def test_a_name_that_leads_inwards_is_refused_when_it_is_asked(
    new_hook, fails, shop_server, settings
):
    """`localhost` is a name, so only the look-up tells where it leads."""
    new_hook(url=f"http://localhost:{shop_server.port}/")
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    fails()
    row = delivery()
    assert (row.status, row.response_status) == ("PENDING", None)
    assert row.last_error == "This address is not a public one."
    assert shop_server.told == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_odd_ways_to_write_an_address_lead_nowhere_either(
    host, new_hook, fails, shop_server, settings
):
    new_hook(url=f"http://{host}:{shop_server.port}/")
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    fails()
    assert delivery().status == "PENDING"
    assert shop_server.told == []


def test_a_name_of_which_one_address_leads_inwards_is_refused(
    new_hook, fails, monkeypatch, shop_server, settings
):
    async def resolve(*_):
        return ["93.184.216.34", "127.0.0.1"]

    new_hook(url=f"http://hooks.example.org:{shop_server.port}/")
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    monkeypatch.setattr(posting, "resolve", resolve)
    fails()
    assert "not a public one" in delivery().last_error
    assert shop_server.told == []


def test_who_does_not_listen_or_has_no_name_is_said_so(
    clock, new_hook, fails, shop_server, monkeypatch
):
    with receiver() as gone:
        url = gone.url
    hook = new_hook(url=url)
    fails()
    row = delivery()
    assert (row.status, row.response_status) == ("PENDING", None)
    assert row.last_error.startswith("There was no answer")
    assert row.webhook.last_status == "PENDING"
    row.webhook.url = "http://no-such-name.invalid/"
    row.webhook.save()
    pass_time(clock, row.next_attempt_at)
    assert delivery().last_error.startswith("The name was not found")
    assert hook["last_error"] == ""


@pytest.mark.parametrize("way", ["silent", "dripping"])
def test_an_attempt_has_an_end_however_slow_the_answer_comes(
    way, new_hook, fails, shop_server, monkeypatch
):
    def drip(stream):
        """A line that never ends, quick enough for any time limit of one read."""
        while not shop_server.closing.wait(0.05):
            stream.write(b"H" if way == "dripping" else b"")

    monkeypatch.setattr(posting, "TIME_LIMIT", 1)
    shop_server.answer = drip
    new_hook()
    fails()
    assert delivery().last_error == "There was no answer in 1 seconds."


def test_who_cannot_be_reached_is_left_alone_with_all_that_waits_for_him(
    clock, new_hook, shop_server, call_as
):
    with receiver() as gone:
        hook = new_hook(url=gone.url)
    for _ in range(3):
        call_as(EDITOR, "post", f"webhook/{hook['id']}/ping/")
    messengers.send_out()
    attempts = WebhookDelivery.objects.order_by("pk").values_list("attempts", flat=True)
    assert list(attempts) == [1, 0, 0]
    messengers.send_out()
    assert list(attempts.all()) == [1, 0, 0]
    clock.shift(timedelta(minutes=1))
    messengers.send_out()
    assert sum(attempts.all()) == 2


def test_a_messenger_that_dies_leaves_the_rest_to_the_next_attempt(
    clock, new_hook, fails, shop_server, monkeypatch
):
    def killed(*_):
        raise SystemExit

    new_hook()
    with monkeypatch.context() as dying:
        dying.setattr("recotem.retraining.services.deliveries.post", killed)
        with pytest.raises(SystemExit):
            fails()
    row = delivery()
    assert (row.status, row.attempts) == ("PENDING", 1)
    pass_time(clock, row.next_attempt_at)
    assert (delivery().status, len(shop_server.told)) == ("DELIVERED", 1)


def test_a_ping_arrives(clock, new_hook, call_as, shop_server):
    hook = new_hook()
    asked = call_as(EDITOR, "post", f"webhook/{hook['id']}/ping/")
    assert (asked.status_code, asked.json()["run"]) == (202, None)
    messengers.send_out()
    [told] = shop_server.told
    assert told.json == {
        "event": "ping",
        "project": hook["project"],
        "webhook": hook["id"],
    }
    shown = call_as(EDITOR, "get", f"webhook_delivery/{asked.json()['id']}/").json()
    assert (shown["status"], shown["event"]) == ("DELIVERED", "ping")


def test_the_schedule_goes_on_whatever_becomes_of_its_webhooks(
    clock, new_hook, fails, shop_server, call_as
):
    new_hook()
    shop_server.answer = 500
    run = fails()
    path = f"{ROUTE}{run.schedule_id}/"
    assert call_as("key", "post", f"{path}trigger/").status_code == 202
