"""Bodies of requests and answers, as the schema shows them."""

from typing import Annotated

from pydantic import UUID4, BaseModel, Field, Strict

Cutoff = Annotated[int, Strict(), Field(ge=1, le=1000)]
UserId = Annotated[str, Strict()]


class PredictRequest(BaseModel):
    """Whom to recommend how many items."""

    user_id: UserId
    cutoff: Cutoff = 10


class BatchRequest(BaseModel):
    """Several users at once; more than 100 are refused with 400."""

    user_ids: list[UserId] = Field(json_schema_extra={"maxItems": 100})
    cutoff: Cutoff = 10


class ScoredItem(BaseModel):
    """A recommended item; the unit of the score is the model's own."""

    item_id: str
    score: float


class Prediction(BaseModel):
    """Unseen items of one user, best first."""

    items: list[ScoredItem]
    model_id: int
    request_id: UUID4


class SlotPrediction(Prediction):
    """A prediction together with the slot that the user was assigned to."""

    slot_id: int
    slot_name: str


class BatchPrediction(BaseModel):
    """One prediction per user, in the order asked; no items for unknown users."""

    results: list[Prediction]


class Models(BaseModel):
    """The models of the key's project that can be asked."""

    models: list[int]
    count: int


class Health(BaseModel):
    """Whether requests can be served, and what it depends on."""

    status: str = Field(description="ok, or unavailable (with status 503)")
    loaded_models: int
    database: bool = Field(description="The last look at the database succeeded")
    revision: int | None = Field(description="Version of what is served")
    revision_age_seconds: float | None = Field(
        description="Time since the database was last asked for its version"
    )
    redis: str = Field(description="off, connected or disconnected")


class ErrorBody(BaseModel):
    """Every refusal: a sentence and a stable code."""

    detail: str
    code: str
