"""Which models a key may ask."""

from fastapi import APIRouter

from inference.dependencies import CallerDep, ServiceDep
from inference.queries import ready_models_of
from inference.routes.refusals import refusals
from inference.schemas import Models

router = APIRouter(tags=["models"])


@router.get("/models", responses=refusals(401, 403, 429, 503))
async def models(caller: CallerDep, service: ServiceDep) -> Models:
    """Models of the key's project that have a file to serve, newest first."""
    ids = await service.database.read(ready_models_of(caller.project_id))
    return Models(models=ids, count=len(ids))
