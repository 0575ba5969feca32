"""The settings of the service, read once and checked."""

from collections.abc import Mapping
from os import environ
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from inference.rate_limit import RateLimit
from recotem_contracts.environment import SettingError, with_secrets
from recotem_contracts.object_storage import ObjectStorage


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _rate(value: Any) -> Any:
    return RateLimit.parse(value) if isinstance(value, str) else value


class Settings(BaseModel):
    """Every setting by the name of its environment variable, in lower case."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    database_url: str
    media_root: Path
    secret_key: str = ""
    recotem_model_signing_keys: str = ""
    model_events_redis_url: str = ""
    recotem_exposures_dir: Path | None = None
    recotem_cache_bytes: int = Field(20 * 1024**3, ge=1)
    object_storage: ObjectStorage | None = None
    inference_port: int = Field(8081, ge=1, le=65535)
    inference_max_loaded_models: int = Field(10, ge=1)
    inference_rate_limit: Annotated[RateLimit, BeforeValidator(_rate)] = RateLimit(
        100, 60
    )
    inference_preload_model_ids: Annotated[
        tuple[int, ...], BeforeValidator(_numbers)
    ] = ()
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = environ) -> Self:
        """Settings from variables; empty ones count as not given.

        Raises SettingError that names the variable.
        """
        given = with_secrets(variables)
        values = {
            name: given[name.upper()]
            for name in cls.model_fields
            if given.get(name.upper())
        }
        if not (values.get("secret_key") or values.get("recotem_model_signing_keys")):
            raise SettingError(
                "Set RECOTEM_MODEL_SIGNING_KEYS or SECRET_KEY: "
                "without them no model file can be trusted."
            )
        place = ObjectStorage.from_environment(given)
        return cls._checked({**values, "object_storage": place})

    @classmethod
    def _checked(cls, values: dict[str, Any]) -> Self:
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]).upper()
            raise SettingError(f"{name}: {first['msg']}.") from error
