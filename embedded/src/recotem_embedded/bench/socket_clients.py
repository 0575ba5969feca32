"""`python -m recotem_embedded.bench.socket_clients URL N LINES`: many who follow a job.

Says `ready` when all sockets follow, then, when all lines came or nothing has come
for a while, what came as one line of JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from statistics import quantiles

from websockets.asyncio.client import ClientConnection, connect

_OPEN_AT_ONCE = 20
_SILENCE_SECONDS = 30.0


class Client:
    """One socket: the numbers of the lines in the order they came, and how late."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.delays: list[float] = []

    async def listen(self, socket: ClientConnection, n_lines: int) -> None:
        while len(self.numbers) < n_lines:
            try:
                text = await asyncio.wait_for(socket.recv(), _SILENCE_SECONDS)
            except TimeoutError:
                return
            now, message = time.time(), json.loads(text)
            if message["type"] == "log":
                number, written = message["message"].split()
                self.numbers.append(int(number))
                self.delays.append(now - float(written))


async def main(url: str, n: int, n_lines: int) -> None:
    turns = asyncio.Semaphore(_OPEN_AT_ONCE)

    async def opened() -> ClientConnection:
        """A socket that has been told the state, and so is told all that follows."""
        async with turns:
            socket = await connect(
                url, open_timeout=120, proxy=None, ping_interval=None
            )
            await socket.recv()
            return socket

    sockets = await asyncio.gather(*(opened() for _ in range(n)))
    print("ready", flush=True)  # noqa: T201
    clients = [Client() for _ in sockets]
    await asyncio.gather(
        *(
            client.listen(socket, n_lines)
            for client, socket in zip(clients, sockets, strict=True)
        )
    )
    print(json.dumps(found(clients, n_lines)), flush=True)  # noqa: T201


def found(clients: Sequence[Client], n_lines: int) -> dict[str, float]:
    """Delays in milliseconds over all lines of all clients, and what went wrong."""
    delays = [delay * 1000 for client in clients for delay in client.delays]
    percents = quantiles(delays, n=100) if len(delays) > 1 else [float("nan")] * 99
    return {
        "delay_p50_ms": round(percents[49], 1),
        "delay_p99_ms": round(percents[98], 1),
        "delay_max_ms": round(max(delays, default=float("nan")), 1),
        "missing": sum(n_lines - len(set(client.numbers)) for client in clients),
        "doubled": sum(len(c.numbers) - len(set(c.numbers)) for c in clients),
        "out_of_order": sum(c.numbers != sorted(c.numbers) for c in clients),
    }


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
