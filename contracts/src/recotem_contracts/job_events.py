"""Messages of the web sockets that follow a job."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    def to_json(self) -> str:
        """The message as it goes over the socket; times are ISO-8601."""
        return self.model_dump_json()


class StatusUpdate(_Message):
    """The state of the job. `data` holds its progress; `seq` is the last log row."""

    type: Literal["status_update"] = "status_update"
    status: str
    data: dict[str, Any]
    seq: int


class Log(_Message):
    """One log line. `seq` is its row id; `buffered` marks lines stored earlier."""

    type: Literal["log"] = "log"
    message: str
    timestamp: AwareDatetime
    seq: int
    buffered: bool = False


class Ping(_Message):
    """Sent by the server every 60 seconds."""

    type: Literal["ping"] = "ping"


class Pong(_Message):
    """The client's answer to a ping."""

    type: Literal["pong"] = "pong"


JobEvent = StatusUpdate | Log | Ping | Pong

_events: TypeAdapter[JobEvent] = TypeAdapter(
    Annotated[JobEvent, Field(discriminator="type")]
)


def parse(message: str | bytes) -> JobEvent:
    """The event in a message. Raises pydantic's ValidationError for anything else."""
    return _events.validate_json(message)
