"""What a visit leaves behind: one request, and events that belong to it."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from recotem_shop import Response

#: Recommendations that the shop shows.
SHOWN = 8
_LOOKING, _DECIDING = 4.0, 120.0


class Deed(NamedTuple):
    """seconds: after the list was shown."""

    kind: Literal["impression", "click", "purchase"]
    item_id: str
    seconds: float


def deeds(items: Sequence[str], response: Response) -> Iterator[Deed]:
    """Impressions of the whole list, then clicks by rank, then purchases."""
    for item in items:
        yield Deed("impression", item, 0.0)
    for item in response.clicked:
        yield Deed("click", item, _LOOKING * (1 + items.index(item)))
    for number, item in enumerate(response.bought, 1):
        yield Deed("purchase", item, _DECIDING * number)
