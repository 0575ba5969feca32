"""The prediction routes, as the schema shows them.

Declarations only: `hot_path` stands in front of the application and answers them.
"""

from fastapi import APIRouter, Security

from inference.dependencies import api_key_header
from inference.routes.refusals import refusals
from inference.schemas import (
    BatchPrediction,
    BatchRequest,
    Prediction,
    PredictRequest,
    SlotPrediction,
)

router = APIRouter(
    prefix="/predict", tags=["predictions"], dependencies=[Security(api_key_header)]
)

_ALWAYS = (401, 403, 404, 413, 422, 429, 500, 503)


@router.post("/{model_id}", response_model=Prediction, responses=refusals(*_ALWAYS))
async def predict(model_id: int, body: PredictRequest) -> None:
    """Unseen items for one user, from one model."""


@router.post(
    "/{model_id}/batch",
    response_model=BatchPrediction,
    responses=refusals(400, *_ALWAYS),
)
async def predict_batch(model_id: int, body: BatchRequest) -> None:
    """Unseen items for up to 100 users; unknown users get none."""


@router.post(
    "/project/{project_id}",
    response_model=SlotPrediction,
    responses=refusals(*_ALWAYS),
)
async def predict_project(project_id: int, body: PredictRequest) -> None:
    """Unseen items for one user, from the model of the slot the user is assigned to.

    The same user always meets the same slot while slots and weights stand.
    """
