"""Many events into the table, and into what running tests count, all at once.

They travel as one JSON text that the database takes apart. An event whose request,
type and item are there already is passed over, and counts nowhere.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.utils import timezone

from recotem.experiments.rollup_sql import ADD_STATES, add_users, states_of, users_of
from recotem.experiments.sent_events import SentEvent

_RUNNING = "test.status = 'RUNNING' AND test.started_at <= %(now)s"
_INSERT = """
    INSERT INTO experiments_conversionevent (
        project_id, deployment_slot_id, user_id, item_id, event_type,
        recommendation_request_id, metadata_json, timestamp
    )
"""
# `users` becomes `added`. What a user was before is what he is less what came.
_POSTGRES = f"""
    WITH event AS (
        {_INSERT}
        SELECT
            project, deployment_slot, user_id, item_id, event_type,
            recommendation_request_id, metadata_json, %(now)s
        FROM json_to_recordset(%(events)s::json) AS sent (
            project bigint, deployment_slot bigint, user_id text, item_id text,
            event_type text, recommendation_request_id uuid, metadata_json jsonb
        )
        ON CONFLICT DO NOTHING
        RETURNING id, deployment_slot_id, user_id, event_type
    ), came (test_id, slot_id, user_id, impressions, clicks, purchases, exposed_on) AS (
        {users_of("event", _RUNNING, "%(day)s::date")}
    ), added AS (
        {add_users("SELECT * FROM came")}
        RETURNING *
    ), states AS (
        SELECT test_id, slot_id, exposed_on AS day, 1 AS sign,
            impressions, clicks, purchases
        FROM added WHERE exposed_on IS NOT NULL
        UNION ALL
        SELECT test_id, slot_id, exposed_before, -1,
            added.impressions - came.impressions, added.clicks - came.clicks,
            added.purchases - came.purchases
        FROM added JOIN came USING (test_id, slot_id, user_id)
        WHERE exposed_before IS NOT NULL
    ), counted AS ({ADD_STATES})
    SELECT COUNT(*), MAX(id) FROM event
"""  # noqa: S608  made of constants
_SQLITE = f"""
    {_INSERT}
    SELECT
        json_extract(value, '$.project'), json_extract(value, '$.deployment_slot'),
        json_extract(value, '$.user_id'), json_extract(value, '$.item_id'),
        json_extract(value, '$.event_type'),
        REPLACE(json_extract(value, '$.recommendation_request_id'), '-', ''),
        json_extract(value, '$.metadata_json'), %(now)s
    FROM json_each(%(events)s)
    WHERE true
    ON CONFLICT DO NOTHING
"""  # noqa: S608
_NEW = f"event.id > %(last)s AND {_RUNNING}"
_CAME = users_of("experiments_conversionevent", _NEW, "date(timestamp)")
_CHANGING = f"""
    (test_id, slot_id, user_id) IN (SELECT test_id, slot_id, user_id FROM ({_CAME}))
"""  # noqa: S608
# One writer at a time: what is told apart above is done one after the other here.
_SQLITE_COUNTS = (states_of(_CHANGING, -1), add_users(_CAME), states_of(_CHANGING, 1))
_LAST = "SELECT COALESCE(MAX(id), 0) FROM experiments_conversionevent"


class Inserted(NamedTuple):
    """How many events were new, and the id of the last of them."""

    n_rows: int
    last_id: int | None


def insert_events(events: Iterable[SentEvent]) -> Inserted:
    """All events are stored, or an error is raised. Call it in a transaction that holds
    the events' slots, so that no test starts or ends meanwhile."""
    # Two batches with the same events take them in the same order, or each could
    # wait for the other.
    rows = sorted(events, key=attrgetter("identity"))
    now = timezone.now()
    values = {
        "events": msgspec.json.encode(rows).decode(),
        "now": connection.ops.adapt_datetimefield_value(now),
        "day": now.date(),
    }
    insert = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    return insert(values)


def _on_postgres(values: dict[str, Any]) -> Inserted:
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRES, values)
        return Inserted(*cursor.fetchone())


def _on_sqlite(values: dict[str, Any]) -> Inserted:
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        [values["last"]] = cursor.fetchone()
        cursor.execute(_SQLITE, values)
        n_rows = cursor.rowcount
        for statement in _SQLITE_COUNTS:
            cursor.execute(statement, values)
        cursor.execute(_LAST)
        return Inserted(n_rows, cursor.fetchone()[0] if n_rows else None)
