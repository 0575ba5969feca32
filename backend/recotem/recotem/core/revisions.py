from django.db.models import F

from recotem.core.models import Revision

SERVING = "serving"


def bump_serving() -> None:
    """Tell the inference services that something they cache has changed.

    Call it inside the transaction of the change, so that whoever sees the new
    number also sees the change.
    """
    if not Revision.objects.filter(name=SERVING).update(value=F("value") + 1):
        Revision.objects.create(name=SERVING, value=1)
