"""`python -m inference`: serve on INFERENCE_PORT, one event loop, all addresses."""

import sys

import uvicorn

from inference import logging
from inference.config import Settings
from inference.main import create_app
from recotem_engine.errors import ConfigError


def main() -> None:
    try:
        settings = Settings.from_environment()
        logging.configure(settings.log_level)
        application = create_app(settings)
    except (ValueError, ConfigError) as error:
        sys.exit(str(error))
    uvicorn.run(
        application,
        host="0.0.0.0",  # noqa: S104 - a service for others, behind the proxy
        port=settings.inference_port,
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
