"""What inference recorded becomes impressions and counts."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from pydantic import ValidationError

from recotem.deployment.models import DeploymentSlot
from recotem.experiments.event_fields import ID_LENGTH, read_event
from recotem.experiments.event_rows import insert_past_events
from recotem.experiments.exposure_sources import exposure_source
from recotem.experiments.locks import hold_slots
from recotem.experiments.models import (
    ABTest,
    ArmRequests,
    ConversionEvent,
    SlotDay,
    StoredExposures,
)
from recotem.experiments.rollup_sql import add_items
from recotem.experiments.selectors import ab_tests_on
from recotem.experiments.sent_events import PastEvent
from recotem.experiments.services.rollups import recount_past
from recotem_contracts.exposures import Exposure, ExposureBatch

#: Of one look; the other chores of the reconciler have their turn too.
_AT_ONCE = 50
#: No batch comes again after so long.
_REMEMBERED = timedelta(days=7)

log = logging.getLogger(__name__)


def store_exposures() -> None:
    """Store the batches that wait, each once, and only then take them away."""
    with exposure_source() as source:
        if source is None:
            return
        for batch in source.oldest(_AT_ONCE):
            try:
                store_batch(ExposureBatch.model_validate_json(batch))
            except ValidationError:
                log.warning("A batch of exposures cannot be read.", exc_info=True)
            source.remove(batch)
    before = timezone.now() - _REMEMBERED
    StoredExposures.objects.filter(stored_at__lt=before).delete()


@transaction.atomic
def store_batch(batch: ExposureBatch) -> None:
    """Impressions of known users with their true times, and the counts of all requests.

    A batch that was stored before, and slots that are gone, are passed over.
    """
    if not StoredExposures.objects.get_or_create(pk=batch.id)[1]:
        return
    slots = {exposure.slot for exposure in batch.exposures}
    hold_slots(slots)
    found = DeploymentSlot.objects.filter(pk__in=slots)
    home = dict(found.values_list("pk", "project_id"))
    exposures = [e for e in batch.exposures if home.get(e.slot) == e.project]
    events = [event for e in exposures for event in _impressions(e)]
    insert_past_events(events)
    recount_past(
        ((e.slot, e.user_id), e.time) for e in exposures if e.user_id is not None
    )
    _count_days(exposures)
    for test in ab_tests_on(home).filter(started_at__isnull=False):
        _count_for(test, [e for e in exposures if test.ran_at(e.time)])


def _impressions(exposure: Exposure) -> Iterator[PastEvent]:
    """One, if the user is known and what is told of him can be an event."""
    values, errors = read_event(
        {
            "project": exposure.project,
            "deployment_slot": exposure.slot,
            "user_id": exposure.user_id,
            "event_type": ConversionEvent.EventType.IMPRESSION,
            "metadata_json": {"items": exposure.items},
        }
    )
    if "user_id" not in errors:
        time = connection.ops.adapt_datetimefield_value(exposure.time)
        request = exposure.request_id
        yield PastEvent(
            **values,
            recommendation_request_id=None if request is None else str(request),
            timestamp=str(time),
        )


def _count_days(exposures: list[Exposure]) -> None:
    requests = Counter((e.slot, e.time.astimezone(UTC).date()) for e in exposures)
    unknown = Counter(
        (e.slot, e.time.astimezone(UTC).date()) for e in exposures if e.user_id is None
    )
    for (slot, day), n in sorted(requests.items()):
        SlotDay.objects.get_or_create(slot_id=slot, day=day)
        SlotDay.objects.filter(slot=slot, day=day).update(
            requests=F("requests") + n,
            unknown_users=F("unknown_users") + unknown[slot, day],
        )


def _count_for(test: ABTest, exposures: list[Exposure]) -> None:
    for slot in test.slot_ids:
        own = [e for e in exposures if e.slot == slot]
        if own:
            _count_requests(test, slot, own)
            _count_items(test, slot, own)


def _count_requests(test: ABTest, slot: int, own: list[Exposure]) -> None:
    nothing = {"requests": 0, "unknown_users": 0}
    ArmRequests.objects.get_or_create(test=test, slot_id=slot, defaults=nothing)
    ArmRequests.objects.filter(test=test, slot_id=slot).update(
        requests=F("requests") + len(own),
        unknown_users=F("unknown_users") + sum(e.user_id is None for e in own),
    )


def _count_items(test: ABTest, slot: int, own: list[Exposure]) -> None:
    items = Counter(item for e in own for item in e.items)
    rows = [
        [item, n]
        for item, n in sorted(items.items())
        if len(item) <= ID_LENGTH and "\0" not in item
    ]
    values: dict[str, Any] = {"test": test.pk, "slot": slot, "items": json.dumps(rows)}
    with connection.cursor() as cursor:
        cursor.execute(add_items(connection.vendor), values)
