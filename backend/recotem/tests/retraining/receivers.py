"""A web server that keeps what it is told, and answers as it is bid."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple


class Told(NamedTuple):
    path: str
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """`answer`: a status, or what is done with the open connection instead."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.answer: int | Callable[[Any], None] = 200
        self.headers: dict[str, str] = {}
        self.port = 0
        self.closing = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=recotem"


@contextmanager
def receiver(certificate: Path | None = None) -> Iterator[Receiver]:
    """Listens while the block lasts; with TLS if it has a certificate with its key."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.told.append(Told(self.path, self.headers, body))
            if callable(found.answer):
                with suppress(OSError):  # whoever asked has gone
                    found.answer(self.wfile)
                return
            self.send_response(found.answer)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        found.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield found
        finally:
            found.closing.set()
            server.shutdown()
            thread.join()
