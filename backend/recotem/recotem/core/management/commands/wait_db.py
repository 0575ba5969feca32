import time

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection


class Command(BaseCommand):
    help = "Wait until the database answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--timeout", type=float, default=60, help="seconds")

    def handle(self, *_: object, timeout: float, **__: object) -> None:
        deadline = time.monotonic() + timeout
        while (reason := _refusal()) is not None:
            if time.monotonic() >= deadline:
                message = f"The database did not answer in {timeout:g} s: {reason}"
                raise CommandError(message)
            time.sleep(0.5)
        self.stdout.write("The database answers.")


def _refusal() -> str | None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        return str(error).strip()
    return None
