"""Many events into the table, and into what most running tests count, all at once.

They travel as one JSON text that the database takes apart. An event whose request,
type and item are there already is passed over, and counts nowhere.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.utils import timezone

from recotem.experiments.rollup_sql import (
    ADD_STATES,
    DAY,
    add_slot_days,
    add_users,
    states_of,
    users_of,
)
from recotem.experiments.sent_events import PastEvent, SentEvent

#: Tests whose count only grows as events come; the others count users anew.
_RUNNING = """
    test.status = 'RUNNING' AND test.started_at <= %(now)s
    AND test.attribution = 'user' AND test.attribution_hours IS NULL
"""
_INSERT = """
    INSERT INTO experiments_conversionevent (
        project_id, deployment_slot_id, user_id, item_id, event_type,
        recommendation_request_id, metadata_json, timestamp
    )
"""


def _postgres(tests: str, day: str) -> str:
    """`users` becomes `added`. What a user was before is what he is less what came."""
    return f"""
    WITH event AS (
        {_INSERT}
        SELECT
            project, deployment_slot, user_id, item_id, event_type,
            recommendation_request_id, metadata_json, COALESCE(timestamp, %(now)s)
        FROM json_to_recordset(%(events)s::json) AS sent (
            project bigint, deployment_slot bigint, user_id text, item_id text,
            event_type text, recommendation_request_id uuid, metadata_json jsonb,
            timestamp timestamptz
        )
        ON CONFLICT DO NOTHING
        RETURNING id, deployment_slot_id, user_id, event_type, timestamp
    ), came (test_id, slot_id, user_id, impressions, clicks, purchases, exposed_on) AS (
        {users_of("event", tests, day)}
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
    ), counted AS ({ADD_STATES}), slot_days AS ({add_slot_days("event", day)})
    SELECT COUNT(*), MAX(id) FROM event
    """  # noqa: S608  made of constants


_POSTGRES = _postgres(_RUNNING, "%(day)s::date")
_POSTGRES_PAST = _postgres("false", DAY["postgresql"])
_SQLITE = f"""
    {_INSERT}
    SELECT
        json_extract(value, '$.project'), json_extract(value, '$.deployment_slot'),
        json_extract(value, '$.user_id'), json_extract(value, '$.item_id'),
        json_extract(value, '$.event_type'),
        REPLACE(json_extract(value, '$.recommendation_request_id'), '-', ''),
        json_extract(value, '$.metadata_json'),
        COALESCE(json_extract(value, '$.timestamp'), %(now)s)
    FROM json_each(%(events)s)
    WHERE true
    ON CONFLICT DO NOTHING
"""  # noqa: S608
_NEW = f"event.id > %(last)s AND {_RUNNING}"
_CAME = users_of("experiments_conversionevent", _NEW, DAY["sqlite"])
_CHANGING = f"""
    (test_id, slot_id, user_id) IN (SELECT test_id, slot_id, user_id FROM ({_CAME}))
"""  # noqa: S608
# One writer at a time: what is told apart above is done one after the other here.
_SQLITE_COUNTS = (states_of(_CHANGING, -1), add_users(_CAME), states_of(_CHANGING, 1))
_SQLITE_SLOT_DAYS = add_slot_days(
    "experiments_conversionevent WHERE id > %(last)s", DAY["sqlite"]
)
_LAST = "SELECT COALESCE(MAX(id), 0) FROM experiments_conversionevent"


class Inserted(NamedTuple):
    """How many events were new, and the id of the last of them."""

    n_rows: int
    last_id: int | None


def insert_events(events: Iterable[SentEvent]) -> Inserted:
    """All events are stored as of now, or an error is raised. Call it in a transaction
    that holds the events' slots, so that no test starts or ends meanwhile."""
    insert = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    return insert(_values(events), past=False)


def insert_past_events(events: Iterable[PastEvent]) -> Inserted:
    """As of their own times. Only the slots' days count them; the tests are left to
    `recount_past`. Call it in a transaction that holds the slots alone."""
    insert = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    return insert(_values(events), past=True)


def _values(events: Iterable[SentEvent]) -> dict[str, Any]:
    # Two batches with the same events take them in the same order, or each could
    # wait for the other.
    rows = sorted(events, key=attrgetter("identity"))
    now = timezone.now()
    return {
        "events": msgspec.json.encode(rows).decode(),
        "now": connection.ops.adapt_datetimefield_value(now),
        "day": now.date(),
    }


def _on_postgres(values: dict[str, Any], *, past: bool) -> Inserted:
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRES_PAST if past else _POSTGRES, values)
        return Inserted(*cursor.fetchone())


def _on_sqlite(values: dict[str, Any], *, past: bool) -> Inserted:
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        [values["last"]] = cursor.fetchone()
        cursor.execute(_SQLITE, values)
        n_rows = cursor.rowcount
        counts = () if past else _SQLITE_COUNTS
        for statement in (*counts, _SQLITE_SLOT_DAYS):
            cursor.execute(statement, values)
        cursor.execute(_LAST)
        return Inserted(n_rows, cursor.fetchone()[0] if n_rows else None)
