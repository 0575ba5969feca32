"""Follows a job's log over a socket that breaks all the time."""

import json
import threading
from random import Random
from typing import Self

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from recotem_embedded.testing import PASSWORD

NOT_SIGNED_IN = 4401


class LineReader:
    """Reads in a thread from `with` on; hangs up every few seconds and comes back.

    lines: (seq, message) as they came.
    """

    def __init__(self, url: str, tuning_job: int, source: Random) -> None:
        self.lines: list[tuple[int, str]] = []
        self.n_connections = 0
        self._url = url
        self._job = tuning_job
        self._source = source
        self._token = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._read, name="line reader")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._done.wait(0.2):
            try:
                self._token = self._token or self._sign_in()
                with connect(self._address(), open_timeout=10, proxy=None) as socket:
                    self.n_connections += 1
                    self._listen(socket)
            except ConnectionClosed as closed:
                if closed.rcvd and closed.rcvd.code == NOT_SIGNED_IN:
                    self._token = ""
            except (OSError, InvalidHandshake, httpx.HTTPError):
                continue

    def _sign_in(self) -> str:
        person = {"username": "admin", "password": PASSWORD}
        url = f"{self._url}/api/v1/auth/login/"
        answer = httpx.post(url, json=person, timeout=10, trust_env=False)
        return str(answer.raise_for_status().json()["access"])

    def _address(self) -> str:
        since = f"&since={self.lines[-1][0]}" if self.lines else ""
        place = self._url.replace("http://", "ws://")
        return f"{place}/ws/job/{self._job}/?token={self._token}{since}"

    def _listen(self, socket: ClientConnection) -> None:
        """Until the connection breaks, or for some messages and some seconds."""
        for _ in range(self._source.randint(5, 60)):
            if self._done.is_set():
                return
            try:
                message = json.loads(socket.recv(timeout=0.5))
            except TimeoutError:
                continue
            if message["type"] == "log":
                self.lines.append((message["seq"], message["message"]))
