"""Health, as it is, and counters."""

from fastapi import APIRouter, Response, status
from fastapi.responses import PlainTextResponse

from inference.dependencies import ServiceDep
from inference.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/health", responses={503: {"model": Health}})
async def health(service: ServiceDep, response: Response) -> Health:
    """503 when the database cannot be read or nobody watches it any more."""
    watcher, listener = service.watcher, service.listener
    if not watcher.is_current:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Health(
        status="ok" if watcher.is_current else "unavailable",
        loaded_models=len(service.registry),
        database=watcher.is_current,
        revision=service.directory.revision,
        revision_age_seconds=watcher.age_seconds,
        redis=listener.state if listener else "off",
    )


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(service: ServiceDep) -> str:
    """Counters of this process in Prometheus' text format."""
    return service.metrics.render(
        {
            "loaded_models": len(service.registry),
            "model_loads": service.registry.loads,
            "exposures_dropped": service.recorder.dropped,
            "revision": service.directory.revision or 0,
            "is_current": int(service.watcher.is_current),
        }
    )
