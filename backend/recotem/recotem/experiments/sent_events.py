"""Events on their way to the table, and a way in for those that are all right.

A batch is decoded and checked in one go. It says only whether all of it is right; what
is wrong with which field is for `event_fields` to say, which allows the same.
"""

from typing import Annotated, Any, Literal

import msgspec

from recotem.experiments.event_fields import ID_LENGTH, LARGEST_KEY, check_metadata

_Key = Annotated[int, msgspec.Meta(gt=0, le=LARGEST_KEY)]
_Text = Annotated[str, msgspec.Meta(max_length=ID_LENGTH)]
#: The usual spelling of a UUID; the others are read by `event_fields`.
_Request = Annotated[
    str, msgspec.Meta(pattern="^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
]


type EventKind = Literal["impression", "click", "purchase"]


class SentEvent(msgspec.Struct, gc=False):
    """The columns of an event, by the names under which they are sent."""

    project: _Key
    deployment_slot: _Key
    user_id: _Text
    event_type: EventKind
    item_id: _Text = ""
    recommendation_request_id: _Request | None = None
    metadata_json: dict[str, Any] = {}

    @property
    def identity(self) -> tuple[int, str, str, str]:
        request = self.recommendation_request_id or ""
        return self.project, request, self.event_type, self.item_id


class PastEvent(SentEvent, gc=False, kw_only=True):
    """One that happened before it came. timestamp: as the database writes it."""

    timestamp: str


class SentBatch(msgspec.Struct):
    events: list[SentEvent]


_decoder = msgspec.json.Decoder(SentBatch)


def read_batch(body: bytes) -> SentBatch | None:
    """A batch in which every field is right; None for any other."""
    if rb"\u0000" in body:
        return None
    try:
        batch = _decoder.decode(body)
        for event in batch.events:
            if event.metadata_json:
                check_metadata(event.metadata_json)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return batch if all(event.user_id.strip() for event in batch.events) else None
