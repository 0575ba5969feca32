"""How long each list takes with many rows in its table, from any page."""

import argparse
import json
import statistics
import sys
import time
from http.client import HTTPConnection
from typing import Any

from .server import Server, web_process

#: What is asked of each list, beside its pages: a filter that many rows pass.
FILTERS = {
    "api_keys/": "is_active=true",
    "audit_log/": "kind=project",
    "conversion_event/": "event_type=click",
    "deployment_slot/": "is_active=true",
    "parameter_tuning_job/": "status=COMPLETED",
    "split_config/": "unnamed=true",
    "evaluation_config/": "unnamed=true",
    "users/": "is_active=true",
}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000, help="in each table")
    parser.add_argument("--asks", type=int, default=100, help="of each page")
    parser.add_argument("--only", default="", help="lists whose path contains this")


def run(arguments: argparse.Namespace) -> dict[str, object]:
    """Milliseconds by list, caller and page: the median, and what 95 % stay below."""
    with web_process() as server:
        from .many_rows import Filled  # noqa: PLC0415 - models need Django set up

        filled = Filled.with_rows(arguments.rows)
        asks = arguments.asks
        ping = Asked(server, filled.token("owner"), "ping/", asks).times("")
        results: dict[str, object] = {"ping/ (nothing but a request)": ping}
        for who in filled.sessions:
            for path in filled.paths:
                if arguments.only in path and filled.reads(who, path):
                    asked = Asked(server, filled.token(who), path, asks)
                    found = {f"{path} {who} {page}": t for page, t in asked.all()}
                    results.update(found)
                    print(*found.items(), sep="\n", file=sys.stderr)  # noqa: T201
        return results


class Asked:
    """One list, asked for by somebody."""

    def __init__(self, server: Server, token: str, path: str, asks: int) -> None:
        self._connection = HTTPConnection(server.host, server.port, timeout=300)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._path, self._asks = f"/api/v1/{path}", asks

    def all(self) -> list[tuple[str, str]]:
        count = self._get("")["count"]
        last = max(1, -(-count // 20))
        pages = {
            "first": "",
            "filtered": FILTERS.get(self._path.removeprefix("/api/v1/"), "id=7"),
            "middle": f"page={max(1, last // 2)}",
            "last": f"page={last}",
            "linked": self._get(f"page={max(1, last // 2)}")["next"] or "",
        }
        return [
            (page, self.times(query.rpartition("?")[2]))
            for page, query in pages.items()
        ]

    def times(self, query: str) -> str:
        took = []
        for _ in range(self._asks):
            began = time.perf_counter()
            self._get(query)
            took.append((time.perf_counter() - began) * 1000)
        return f"p50 {statistics.median(took):6.1f}  p95 {_p95(took):6.1f} ms"

    def _get(self, query: str) -> Any:
        self._connection.request("GET", f"{self._path}?{query}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{self._path}?{query}: {answer.status} {body[:300]!r}")
        return json.loads(body)


def _p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95) - 1]
