"""Who starts or ends a test, and who adds events to its slots, wait for each other."""

from collections.abc import Iterable

from django.db import connection

_HOLD = """
    SELECT id FROM deployment_deploymentslot WHERE id = ANY(%s) ORDER BY id FOR {}
"""


def hold_slots(slots: Iterable[int], *, shared: bool = False) -> None:
    """Until the end of the transaction; those who share do not wait for each other.

    SQLite has one writer at a time, and needs nothing.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            how = "SHARE" if shared else "UPDATE"
            cursor.execute(_HOLD.format(how), [sorted(slots)])
