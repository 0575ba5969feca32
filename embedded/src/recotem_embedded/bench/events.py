"""Events per second, and how long the results of a test over many of them take."""

import argparse
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from recotem_embedded.errors import StartError

from . import processes
from .server import Server, web_process

if TYPE_CHECKING:
    from .shop import Shop

BATCH = 1000
WARM_UP = 8
ASKED = 21
KINDS = ["impression"] * 8 + ["click"] * 2 + ["purchase"]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="the median is reported")
    parser.add_argument("--batches", type=int, default=60, help="of 1000, in a round")
    parser.add_argument("--clients", type=int, default=4, help="that send at once")
    parser.add_argument(
        "--events",
        type=int,
        default=0,
        help="that the test has seen before (PostgreSQL only)",
    )
    parser.add_argument(
        "--hours", type=int, help="within which the test attributes; without, always"
    )


def run(arguments: argparse.Namespace) -> dict[str, object]:
    with web_process() as server:
        # Models can be imported only now.
        from .shop import Shop, database_process  # noqa: PLC0415

        shop, database = Shop.open(arguments.hours), database_process()
        if arguments.events and not database:
            raise StartError("--events needs a PostgreSQL on this machine.")
        if arguments.events:
            shop.fill(arguments.events)
        send(server, shop, bodies(shop, WARM_UP, seed=0), arguments.clients)
        before = processes.memory_mb(server.pid)
        rounds = [
            measure(
                server,
                shop,
                database,
                bodies(shop, arguments.batches, seed=number + 1),
                arguments.clients,
            )
            for number in range(arguments.rounds)
        ]
        return {
            "events_before": arguments.events,
            **{name: median(found[name] for found in rounds) for name in rounds[0]},
            "web_mb_before": before,
            "web_mb_after": processes.memory_mb(server.pid),
            "results_ms": results_ms(server, shop),
        }


def measure(
    server: Server, shop: "Shop", database: int | None, sent: list[bytes], clients: int
) -> dict[str, float]:
    """One round: how fast, and what a batch costs."""

    def spent() -> dict[str, float]:
        web = processes.cpu_seconds(server.pid)
        family = processes.cpu_seconds_of_family(database) if database else None
        costs = {"web_cpu_ms_per_batch": web, "database_cpu_ms_per_batch": family}
        return {name: cpu for name, cpu in costs.items() if cpu is not None}

    before, began = spent(), time.perf_counter()
    send(server, shop, sent, clients)
    seconds, after = time.perf_counter() - began, spent()
    return {
        "events_per_second": len(sent) * BATCH / seconds,
        **{name: (after[name] - before[name]) * 1000 / len(sent) for name in after},
    }


def bodies(shop: "Shop", n: int, *, seed: int) -> list[bytes]:
    """Batches of which almost every event is of another user and another request."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    return [
        json.dumps({"events": [_event(shop, chance) for _ in range(BATCH)]}).encode()
        for _ in range(n)
    ]


def _event(shop: "Shop", chance: random.Random) -> dict[str, object]:
    return {
        "project": shop.project,
        "deployment_slot": chance.choice(shop.slots),
        "user_id": f"user-{chance.expovariate(1 / 20_000):.0f}",
        "item_id": f"sku-{chance.randrange(50_000):06d}",
        "event_type": chance.choice(KINDS),
        "recommendation_request_id": str(UUID(int=chance.getrandbits(128), version=4)),
    }


def send(server: Server, shop: "Shop", sent: list[bytes], clients: int) -> None:
    """All batches, by clients that each wait for an answer before the next one."""

    def client(number: int) -> None:
        connection = HTTPConnection(server.host, server.port, timeout=120)
        headers = {"X-API-Key": shop.key, "Content-Type": "application/json"}
        for body in sent[number::clients]:
            path = "/api/v1/conversion_event/batch/"
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 201:
                raise StartError(f"A batch was refused: {text[:500]!r}")
        connection.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))


def results_ms(server: Server, shop: "Shop") -> float:
    """The median time of asking for the test's results."""
    connection = HTTPConnection(server.host, server.port, timeout=120)
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        path = f"/api/v1/ab_test/{shop.test}/results/"
        connection.request("GET", path, headers={"X-API-Key": shop.key})
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    return median(times) * 1000
