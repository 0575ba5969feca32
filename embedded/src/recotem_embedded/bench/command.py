"""`recotem bench NAME`: how fast this machine is at one thing, as a table and as JSON.

A bench is a module with `options(parser)`, which adds what can be chosen, and
`run(arguments)`, which gives the results by their names.
"""

import argparse
import json
import signal
import sys
from collections.abc import Mapping

from . import events, lists, sockets, uploads

BENCHES = {
    "events": events,
    "lists": lists,
    "sockets": sockets,
    "uploads": uploads,
}


def bench(arguments: list[str]) -> int:
    """Run one bench and print what it found."""
    parser = argparse.ArgumentParser(
        "recotem bench",
        description="Measure Recotem with a web process and a database of its own: on "
        "the server of DATABASE_URL, or else SQLite in a temporary folder.",
    )
    names = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, module in BENCHES.items():
        module.options(names.add_parser(name, help=(module.__doc__ or "").strip()))
    chosen = parser.parse_args(arguments)
    # Told to stop, it still ends its web process and drops its database.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    show(BENCHES[chosen.name].run(chosen))
    return 0


def show(results: Mapping[str, object]) -> None:
    width = max(map(len, results))
    for name, value in results.items():
        print(f"{name:<{width}}  {_text(value)}")  # noqa: T201 - the answer
    print(json.dumps(results))  # noqa: T201


def _text(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)
