import io
from collections.abc import Mapping
from typing import IO, Any

from recotem.core.parsers import StrictJSONParser
from recotem.experiments.sent_events import read_batch


class EventBatchParser(StrictJSONParser):
    """A `SentBatch` of a body in which all is right, of any other what JSON says."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read()
        batch = read_batch(body)
        if batch is not None:
            return batch
        return super().parse(io.BytesIO(body), media_type, parser_context)
