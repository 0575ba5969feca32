"""The statements that keep `ArmUser` and `ArmDay` true, for both databases.

An arm's days are sums over its exposed users. So a change of some users is: take from
the days what these users were, change them, and add what they are now.
"""

#: How a user who did (clicks, purchases) counts, by the columns of `ArmDay`.
USER_COUNTS = {
    "users": "1",
    "clickers": "CASE WHEN clicks > 0 THEN 1 ELSE 0 END",
    "purchasers": "CASE WHEN purchases > 0 THEN 1 ELSE 0 END",
    "converters": "CASE WHEN clicks + purchases > 0 THEN 1 ELSE 0 END",
}
#: What a user who did (impressions, clicks, purchases) adds to the day.
_SHARES = {
    **USER_COUNTS,
    "sum_i": "impressions",
    "sum_c": "clicks",
    "sum_p": "purchases",
    "sum_ii": "CAST(impressions AS bigint) * impressions",
    "sum_ic": "CAST(impressions AS bigint) * clicks",
    "sum_ip": "CAST(impressions AS bigint) * purchases",
    "sum_cc": "CAST(clicks AS bigint) * clicks",
    "sum_cp": "CAST(clicks AS bigint) * purchases",
    "sum_pp": "CAST(purchases AS bigint) * purchases",
}
_COLUMNS = ", ".join(_SHARES)
_SUMS = ", ".join(f"SUM(sign * ({share}))" for share in _SHARES.values())
_ADDED = ", ".join(f"{name} = held.{name} + excluded.{name}" for name in _SHARES)

#: Adds the rows of `states` (test_id, slot_id, day, sign, impressions, clicks,
#: purchases) to the days. The order keeps those who do it at once from waiting in a
#: ring; `WHERE true` tells SQLite that ON CONFLICT is not the ON of a join.
ADD_STATES = f"""
    INSERT INTO experiments_armday AS held (test_id, slot_id, day, {_COLUMNS})
    SELECT test_id, slot_id, day, {_SUMS} FROM states
    WHERE true
    GROUP BY test_id, slot_id, day ORDER BY test_id, slot_id, day
    ON CONFLICT (test_id, slot_id, day) DO UPDATE SET {_ADDED}
"""  # noqa: S608  made of constants

_COUNTS = ", ".join(
    f"COUNT(*) FILTER (WHERE event_type = '{kind}')"
    for kind in ("impression", "click", "purchase")
)

#: The UTC day of an event.
DAY = {
    "postgresql": "CAST(timestamp AT TIME ZONE 'UTC' AS date)",
    "sqlite": "date(timestamp)",
}


def add_slot_days(events: str, day: str) -> str:
    """Adds the rows of `events`, a table, to the days of their slots."""
    return f"""
        INSERT INTO experiments_slotday AS held (
            slot_id, day, impressions, clicks, purchases, requests, unknown_users
        )
        SELECT deployment_slot_id, {day}, {_COUNTS}, 0, 0 FROM {events}
        GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (slot_id, day) DO UPDATE SET
            impressions = held.impressions + excluded.impressions,
            clicks = held.clicks + excluded.clicks,
            purchases = held.purchases + excluded.purchases
    """  # noqa: S608


#: Each test once for each arm: found by its slot, however many tests there are.
_ARMS = """(
    SELECT test.*, control_slot_id AS arm FROM experiments_abtest AS test
    UNION ALL SELECT test.*, variant_slot_id FROM experiments_abtest AS test
)"""


def users_of(events: str, tests: str, day: str) -> str:
    """Each user's deeds among the rows of the table `events`, for the arms of `tests`.

    tests: a condition on `test` and `event`. day: the UTC day of an event.
    """
    return f"""
        SELECT test.id AS test_id, deployment_slot_id AS slot_id, user_id,
            {_COUNTS},
            MIN(CASE WHEN event_type = 'impression' THEN {day} END) AS exposed_on
        FROM {events} AS event JOIN {_ARMS} AS test ON test.arm = deployment_slot_id
        WHERE {tests}
        GROUP BY test.id, deployment_slot_id, user_id
        ORDER BY test.id, deployment_slot_id, user_id
    """  # noqa: S608


#: Where a conversion looks for the latest impression that it may follow. Impressions of
#: the same instant are peers, so the first window holds them; the second has no order.
_WINDOWS = {
    "user": "PARTITION BY deployment_slot_id, user_id ORDER BY timestamp",
    "request": "PARTITION BY deployment_slot_id, user_id, recommendation_request_id",
}
#: The last instant that is still within the hours. SQLite keeps times as texts, and its
#: own arithmetic knows no microseconds, so the fraction is set aside.
_LATEST = {
    "postgresql": "shown_at + make_interval(hours => %(hours)s)",
    "sqlite": """
        datetime(substr(shown_at, 1, 19), '+' || %(hours)s || ' hours')
        || substr(shown_at, 20)
    """,
}
_WHILE_IT_RAN = """
    timestamp >= test.started_at
    AND (test.ended_at IS NULL OR timestamp < test.ended_at)
"""


def attributed(rule: str, *, in_hours: bool, whose: str, vendor: str) -> str:
    """The impressions of the test %(test)s, and the conversions that its rule counts.

    rule: `user` or `request`. in_hours: whether no more than %(hours)s may lie between.
    whose: a condition on (deployment_slot_id, user_id).
    """
    of_request = (
        "recommendation_request_id IS NOT NULL" if rule == "request" else "true"
    )
    in_time = f"timestamp <= {_LATEST[vendor]}" if in_hours else "shown_at IS NOT NULL"
    if rule == "user" and not in_hours:
        window, counts = "NULL", "true"
    else:
        window = f"""
            MAX(CASE WHEN event_type = 'impression' THEN timestamp END)
            OVER ({_WINDOWS[rule]})
        """
        counts = f"event_type = 'impression' OR ({of_request} AND {in_time})"
    return f"""(
        SELECT deployment_slot_id, user_id, event_type, timestamp FROM (
            SELECT event.*, {window} AS shown_at
            FROM experiments_conversionevent AS event
            JOIN experiments_abtest AS test ON test.id = %(test)s
            AND deployment_slot_id IN (test.control_slot_id, test.variant_slot_id)
            WHERE {whose} AND {_WHILE_IT_RAN}
        ) AS seen
        WHERE {counts}
    )"""  # noqa: S608


def add_users(users: str) -> str:
    """Adds what `users_of` gives to what is known of these users."""
    return f"""
        INSERT INTO experiments_armuser AS held (
            test_id, slot_id, user_id, impressions, clicks, purchases, exposed_on
        )
        {users}
        ON CONFLICT (test_id, slot_id, user_id) DO UPDATE SET
            impressions = held.impressions + excluded.impressions,
            clicks = held.clicks + excluded.clicks,
            purchases = held.purchases + excluded.purchases,
            exposed_before = held.exposed_on,
            exposed_on = CASE
                WHEN held.exposed_on <= excluded.exposed_on THEN held.exposed_on
                ELSE COALESCE(excluded.exposed_on, held.exposed_on)
            END
    """


def states_of(whose: str, sign: int) -> str:
    """A statement that adds to the days, or takes away, what some users are now.

    whose: a condition on `ArmUser`.
    """
    return f"""
        WITH states AS (
            SELECT test_id, slot_id, exposed_on AS day, {sign} AS sign,
                impressions, clicks, purchases
            FROM experiments_armuser WHERE exposed_on IS NOT NULL AND {whose}
        )
        {ADD_STATES}
    """  # noqa: S608


#: The rows of a JSON list, given by this name.
_LISTS = {
    "postgresql": "json_array_elements(%({})s::json)",
    "sqlite": "json_each(%({})s)",
}


def users_sent(vendor: str) -> str:
    """Rows (slot_id, user_id) of a JSON list of such pairs."""
    return f"""
        SELECT CAST(value->>0 AS bigint) AS slot_id, value->>1 AS user_id
        FROM {_LISTS[vendor].format("users")}
    """  # noqa: S608


def hold_users(users: str) -> str:
    """Makes a row of each user, or waits for who is changing the one that is there."""
    return f"""
        INSERT INTO experiments_armuser AS held (
            test_id, slot_id, user_id, impressions, clicks, purchases
        )
        SELECT %(test)s, slot_id, user_id, 0, 0, 0 FROM ({users}) AS sent
        WHERE true
        ORDER BY slot_id, user_id
        ON CONFLICT (test_id, slot_id, user_id) DO UPDATE
        SET impressions = held.impressions WHERE false
    """  # noqa: S608


def with_idle(events: str, users: str) -> str:
    """Adds a row without a deed for each of `users`, so that nobody is left out."""
    return f"""(
        SELECT * FROM {events} AS done
        UNION ALL SELECT slot_id, user_id, '', NULL FROM ({users}) AS sent
    )"""  # noqa: S608


def set_users(users: str) -> str:
    """Puts what `users_of` gives in the place of what was known of these users."""
    return f"""
        INSERT INTO experiments_armuser AS held (
            test_id, slot_id, user_id, impressions, clicks, purchases, exposed_on
        )
        {users}
        ON CONFLICT (test_id, slot_id, user_id) DO UPDATE SET
            impressions = excluded.impressions, clicks = excluded.clicks,
            purchases = excluded.purchases, exposed_on = excluded.exposed_on
    """


def add_items(vendor: str) -> str:
    """Adds a JSON list of pairs (item, times it was shown) to what an arm showed."""
    sent = _LISTS[vendor].format("items")
    return f"""
        INSERT INTO experiments_armitem AS held (test_id, slot_id, item_id, shown)
        SELECT %(test)s, %(slot)s, value->>0, CAST(value->>1 AS bigint) FROM {sent}
        WHERE true
        ON CONFLICT (test_id, slot_id, item_id)
        DO UPDATE SET shown = held.shown + excluded.shown
    """  # noqa: S608
