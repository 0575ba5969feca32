"""What the routes of the FastAPI application ask for."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from inference.rows import KeyRow
from inference.service import Service

api_key_header = APIKeyHeader(
    name="X-API-Key",
    scheme_name="ApiKey",
    description="A key of the project with the predict scope",
    auto_error=False,
)


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(service_of)]


async def caller_of(
    service: ServiceDep, key: Annotated[str | None, Security(api_key_header)]
) -> KeyRow:
    """The row of the key that was shown; see `Service.admit` for refusals."""
    return await service.admit(key or "")


CallerDep = Annotated[KeyRow, Depends(caller_of)]
