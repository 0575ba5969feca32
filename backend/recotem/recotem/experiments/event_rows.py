"""Many events into the table by one statement, whatever their number.

They travel as one JSON text that the database takes apart. An event whose request,
type and item are there already is passed over, and the database counts the others.
"""

import json
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from recotem.experiments.event_fields import Values

_POSTGRES = """
    INSERT INTO experiments_conversionevent (
        project_id, deployment_slot_id, user_id, item_id, event_type,
        recommendation_request_id, metadata_json, timestamp
    )
    SELECT
        project, deployment_slot, user_id, item_id, event_type,
        recommendation_request_id, metadata_json, %s
    FROM json_to_recordset(%s::json) AS sent (
        project bigint, deployment_slot bigint, user_id text, item_id text,
        event_type text, recommendation_request_id uuid, metadata_json jsonb
    )
    ON CONFLICT DO NOTHING
"""
# WHERE true tells SQLite that ON CONFLICT is not the ON of a join.
_SQLITE = """
    INSERT INTO experiments_conversionevent (
        project_id, deployment_slot_id, user_id, item_id, event_type,
        recommendation_request_id, metadata_json, timestamp
    )
    SELECT
        json_extract(value, '$.project'), json_extract(value, '$.deployment_slot'),
        json_extract(value, '$.user_id'), json_extract(value, '$.item_id'),
        json_extract(value, '$.event_type'),
        json_extract(value, '$.recommendation_request_id'),
        json_extract(value, '$.metadata_json'), %s
    FROM json_each(%s)
    WHERE true
    ON CONFLICT DO NOTHING
"""


def insert_events(events: Sequence[Values]) -> int:
    """How many of the events are new. All are stored, or an error is raised."""
    rows = [
        {
            **event,
            "item_id": event.get("item_id", ""),
            "recommendation_request_id": _hex(event),
            "metadata_json": event.get("metadata_json", {}),
        }
        for event in events
    ]
    # Two batches with the same events take them in the same order, or each could
    # wait for the other.
    rows.sort(key=_identity)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    statement = _POSTGRES if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, json.dumps(rows, ensure_ascii=False)])
        return int(cursor.rowcount)


def _hex(event: Values) -> str | None:
    """A request's id as either database reads it."""
    request_id = event.get("recommendation_request_id")
    return request_id and request_id.hex


def _identity(row: Values) -> tuple[int, str, str, str]:
    request_id = row["recommendation_request_id"] or ""
    return row["project"], request_id, row["event_type"], row["item_id"]
