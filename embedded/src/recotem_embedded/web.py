"""`python -m recotem_embedded.web FD`: the one web process, on an inherited socket."""

import socket
import sys

import uvicorn

from .children import die_with_supervisor

#: Seconds that open requests and sockets get when the process is told to stop.
GRACE = 5


def main(descriptor: int) -> None:
    die_with_supervisor()
    listener = socket.socket(fileno=descriptor)
    config = uvicorn.Config(
        "recotem_embedded.asgi:application",
        access_log=False,
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))
