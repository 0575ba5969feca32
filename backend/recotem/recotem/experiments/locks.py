"""Who starts or ends a test, and who adds events to its slots, wait for each other."""

from collections.abc import Iterable

from django.db import connection

from recotem.deployment.models import DeploymentSlot

_HOLD = """
    SELECT id FROM deployment_deploymentslot WHERE id = ANY(%s) ORDER BY id FOR {}
"""


def hold_slots(slots: Iterable[int], *, shared: bool = False) -> set[int]:
    """Until the end of the transaction; those who share do not wait for each other.

    Returns the slots that are there, and will be until then. SQLite has one writer at a
    time, and needs no more than a look.
    """
    if connection.vendor != "postgresql":
        found = DeploymentSlot.objects.filter(pk__in=slots)
        return set(found.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        how = "SHARE" if shared else "UPDATE"
        cursor.execute(_HOLD.format(how), [sorted(slots)])
        return {slot for (slot,) in cursor.fetchall()}
