"""The statements that keep `ArmUser` and `ArmDay` true, for both databases.

An arm's days are sums over its exposed users. So a change of some users is: take from
the days what these users were, change them, and add what they are now.
"""

#: What a user who did (impressions, clicks, purchases) adds to the day.
_SHARES = {
    "users": "1",
    "clickers": "CASE WHEN clicks > 0 THEN 1 ELSE 0 END",
    "purchasers": "CASE WHEN purchases > 0 THEN 1 ELSE 0 END",
    "converters": "CASE WHEN clicks + purchases > 0 THEN 1 ELSE 0 END",
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


def users_of(events: str, tests: str, day: str) -> str:
    """Each user's deeds among the rows of the table `events`, for the arms of `tests`.

    tests: a condition on `test` and `event`. day: the UTC day of an event.
    """
    return f"""
        SELECT test.id AS test_id, deployment_slot_id AS slot_id, user_id,
            {_COUNTS},
            MIN(CASE WHEN event_type = 'impression' THEN {day} END) AS exposed_on
        FROM {events} AS event JOIN experiments_abtest AS test
        ON deployment_slot_id IN (test.control_slot_id, test.variant_slot_id)
        WHERE {tests}
        GROUP BY test.id, deployment_slot_id, user_id
        ORDER BY test.id, deployment_slot_id, user_id
    """  # noqa: S608


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
