from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recotem.accounts.models import User
from recotem.core.errors import DomainError
from recotem.tuning.services.owners import assign_owners


class Command(BaseCommand):
    help = (
        "Give the projects, split and evaluation configurations of deactivated "
        "accounts to somebody who is there. Nothing else changes hands."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="who gets them")
        parser.add_argument("--dry-run", action="store_true", help="only say what")

    def handle(self, *_: object, **options: Any) -> None:
        name = options["user"]
        heir = User.objects.filter(username=name, is_active=True).first()
        if heir is None:
            raise CommandError(f"There is no active account {name}.")
        try:
            given = assign_owners(heir=heir, dry_run=options["dry_run"])
        except DomainError as error:
            raise CommandError(error.message) from error
        for row, before in given:
            kind = type(row).__name__
            self.stdout.write(f"{kind} {row.pk} ({row}): {before} → {name}")
        would = "would be given" if options["dry_run"] else "given"
        self.stdout.write(f"{len(given)} rows {would} to {name}.")
