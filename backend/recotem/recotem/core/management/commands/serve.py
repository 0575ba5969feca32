from argparse import ArgumentParser

import uvicorn
from django.core.management.base import BaseCommand

from recotem.settings import env

#: Seconds that open requests and sockets get when the process is told to stop.
GRACE = 5


class Command(BaseCommand):
    help = "Serve the management API and its web sockets."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument(
            "--port",
            type=int,
            default=env.number("BACKEND_PORT", 8000),
            help="port to listen on (BACKEND_PORT, 8000)",
        )

    def handle(self, *_: object, host: str, port: int, **__: object) -> None:
        uvicorn.run(
            "recotem.asgi:application",
            host=host,
            port=port,
            access_log=False,
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
