from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from recotem.accounts.models import User


class Command(BaseCommand):
    help = "Create accounts with known passwords, for tests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--user",
            action="append",
            required=True,
            metavar="NAME:PASSWORD",
            help="may be given several times",
        )

    @transaction.atomic
    def handle(self, *_: object, user: list[str], **__: object) -> None:
        for pair in user:
            name, colon, password = pair.partition(":")
            if not (name and colon and password):
                raise CommandError(f"--user must look like name:password, not {pair}.")
            account, _created = User.objects.get_or_create(username=name)
            account.set_password(password)
            account.save()
            self.stdout.write(f"{name} is ready.")
