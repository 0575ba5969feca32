"""The `recotem` command."""

import argparse
import os
import sys
from pathlib import Path

from . import environment
from .errors import StartError
from .home import Home, default_folder

USAGE = """\
recotem up [--port PORT] [--host HOST] [--home FOLDER]
                    everything on this machine: web app, API, inference, worker
recotem demo        the same, filled with a simulated shop that goes on visiting, in a
                    folder of its own (`recotem demo --help`)
recotem bench NAME  how fast this machine is (`recotem bench --help`)
recotem COMMAND …   a management command on the same folder, or on DATABASE_URL
                    where that is set (`recotem help` lists them)
"""


def main() -> None:
    arguments = sys.argv[1:]
    if arguments in ([], ["-h"], ["--help"]):
        print(USAGE, end="")  # noqa: T201 - what the command is for
        return
    try:
        sys.exit(_COMMANDS.get(arguments[0], manage)(arguments))
    except StartError as error:
        sys.exit(f"recotem: {error}")


def manage(arguments: list[str]) -> int:
    """Run one of Django's management commands."""
    home = Home(default_folder())
    os.environ.update(environment.of_command(home, os.environ))
    # The settings read the environment when imported.
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        execute_from_command_line([sys.argv[0], *arguments])
    except ImproperlyConfigured as error:
        raise StartError(str(error)) from error
    return 0


def bench(arguments: list[str]) -> int:
    """Measure one thing and print what was found."""
    # A bench imports what it measures.
    from .bench.command import bench as run  # noqa: PLC0415

    return run(arguments[1:])


def up(arguments: list[str]) -> int:
    """Serve everything until told to stop."""
    parser = argparse.ArgumentParser("recotem up", description="Run Recotem here.")
    parser.add_argument("--home", type=Path, help="folder of all data (RECOTEM_HOME)")
    _add_address(parser)
    options = parser.parse_args(arguments[1:])
    # The supervisor is POSIX only; management commands run anywhere.
    from .up import run  # noqa: PLC0415

    folder = (options.home or default_folder()).expanduser()
    return run(Home(folder), options.host, _port(options.port))


def demo(arguments: list[str]) -> int:
    """Serve a demo until told to stop."""
    # The same as for `up`; and what it imports is heavy.
    from .demo import command  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        "recotem demo",
        description="A filled Recotem: project, data, tuning job, models, slots, a "
        "running A/B test and its events, retraining, and visitors who keep coming. "
        "Started again, it goes on with the demo that is there.",
    )
    command.options(parser)
    _add_address(parser)
    chosen = parser.parse_args(arguments[1:])
    folder = (chosen.home or command.default_folder()).expanduser()
    made = command.Demo(Home(folder), chosen.dataset, chosen.fresh, chosen.speed)
    return made.run(chosen.host, _port(chosen.port))


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", help="port to listen on (RECOTEM_PORT, 8000)")


def _port(given: str | None) -> int:
    text = given or os.environ.get("RECOTEM_PORT", "").strip() or "8000"
    if text.isdecimal() and 0 <= int(text) < 65536:
        return int(text)
    raise StartError(f"The port must be a number from 0 to 65535, not {text!r}.")


_COMMANDS = {"up": up, "demo": demo, "bench": bench}
