"""What inference recorded becomes impressions and counts, each once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from django.conf import settings as django_settings
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.experiments.models import (
    ArmItem,
    ArmRequests,
    ArmUser,
    ConversionEvent,
    SlotDay,
    StoredExposures,
)
from recotem.experiments.services.ab_tests import start_test
from recotem.experiments.services.exposures import store_exposures
from recotem_contracts.exposures import REDIS_KEY, Exposure, ExposureBatch
from tests.experiments.test_rollups import a_test, check
from tests.factories import DeploymentSlotFactory

#: By Redis too where the tests have one.
WAYS = ["folder", "redis"] if django_settings.MODEL_EVENTS_REDIS_URL else ["folder"]


@pytest.fixture(params=WAYS)
def leave(request, settings, tmp_path):
    """Puts a batch where workers find it."""
    if request.param == "redis":
        with redis.Redis.from_url(settings.MODEL_EVENTS_REDIS_URL) as client:
            client.delete(REDIS_KEY)
            yield lambda text: client.rpush(REDIS_KEY, text)
            assert client.llen(REDIS_KEY) == 0
        return
    folder = tmp_path / "exposures"
    folder.mkdir()
    settings.MODEL_EVENTS_REDIS_URL, settings.EXPOSURES_DIR = "", str(folder)

    def write(text: str) -> None:
        (folder / f"{uuid4()}.json").write_text(text)

    yield write
    assert not list(folder.glob("*.json"))


def shown(slot: Any, user: str | None = "u1", **values: Any) -> Exposure:
    given = {"time": timezone.now(), "request_id": user and uuid4(), "items": ["a"]}
    return Exposure(
        project=slot.project_id, slot=slot.pk, user_id=user, **{**given, **values}
    )


def batch(*exposures: Exposure) -> str:
    return ExposureBatch(id=uuid4(), exposures=list(exposures)).model_dump_json()


def test_a_known_user_was_shown_something_when_it_was_recorded(leave, slot):
    time = datetime(2026, 3, 1, 23, 59, 59, 999_999, UTC)
    request = UUID(int=5)
    leave(batch(shown(slot, time=time, request_id=request, items=["a", "b"])))
    store_exposures()
    row = ConversionEvent.objects.get()
    assert (row.event_type, row.user_id, row.item_id) == ("impression", "u1", "")
    assert (row.timestamp, row.recommendation_request_id) == (time, request)
    assert row.metadata_json == {"items": ["a", "b"]}
    day = SlotDay.objects.get()
    assert (day.day, day.impressions) == (time.date(), 1)
    assert (day.requests, day.unknown_users) == (1, 0)


def test_an_unknown_user_is_counted_and_was_shown_nothing(leave, slot):
    leave(batch(shown(slot, None, items=[]), shown(slot)))
    store_exposures()
    assert ConversionEvent.objects.count() == 1
    day = SlotDay.objects.get()
    assert (day.requests, day.unknown_users) == (2, 1)


def test_a_batch_that_comes_again_counts_once(leave, db):
    test = a_test()
    start_test(actor=Actor(test.project.owner), test=test)
    text = batch(shown(test.control_slot), shown(test.control_slot, None))
    for _ in range(2):
        leave(text)
        store_exposures()
    counted = ArmRequests.objects.get()
    assert (counted.requests, counted.unknown_users) == (2, 1)
    assert SlotDay.objects.get().requests == 2
    assert ConversionEvent.objects.count() == 1


def test_what_cannot_be_read_and_what_is_gone_is_passed_over(leave, slot):
    elsewhere = DeploymentSlotFactory()
    leave("no batch")
    leave(
        batch(
            shown(slot).model_copy(update={"slot": 2**40}),
            shown(slot).model_copy(update={"slot": elsewhere.pk}),
            shown(slot, "x" * 257),
            shown(slot, " "),
            shown(slot, items=["y" * 5000]),
        )
    )
    store_exposures()
    assert [row.metadata_json for row in ConversionEvent.objects.all()] == [{}]
    assert SlotDay.objects.get().requests == 3


def test_a_test_counts_what_it_saw_though_it_came_late(leave, db):
    test = a_test()
    start_test(actor=Actor(test.project.owner), test=test)
    test.refresh_from_db()
    before, while_it_ran = (
        test.started_at + timedelta(seconds=seconds) for seconds in (-1, 0)
    )
    slot = test.control_slot
    leave(
        batch(
            shown(slot, "early", time=before),
            shown(slot, "u1", time=while_it_ran, items=["a", "b"]),
            shown(slot, "u2", time=while_it_ran, items=["a"]),
            shown(slot, None, time=while_it_ran, items=[]),
        )
    )
    store_exposures()
    assert {user.user_id for user in ArmUser.objects.all()} == {"u1", "u2"}
    counted = ArmRequests.objects.get()
    assert (counted.requests, counted.unknown_users) == (3, 1)
    assert dict(ArmItem.objects.values_list("item_id", "shown")) == {"a": 2, "b": 1}
    check(test)
    test.delete()
    assert not ArmItem.objects.exists()
    assert not ArmRequests.objects.exists()


def test_batches_are_remembered_for_a_week(leave, slot):
    leave(batch(shown(slot)))
    store_exposures()
    StoredExposures.objects.update(stored_at=timezone.now() - timedelta(days=8))
    store_exposures()
    assert not StoredExposures.objects.exists()
