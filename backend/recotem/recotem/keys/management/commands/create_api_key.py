from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recotem.accounts.models import User
from recotem.core.actor import Actor
from recotem.core.errors import DomainError
from recotem.keys.services import create_key
from recotem.projects.models import Project
from recotem_contracts.api_keys import Scope


class Command(BaseCommand):
    help = "Create an API key and print it, for this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project-id", type=int, required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--scopes",
            nargs="+",
            required=True,
            choices=[scope.value for scope in Scope],
        )
        parser.add_argument("--expires-in-days", type=int)
        parser.add_argument(
            "--owner", help="user name; otherwise the owner of the project"
        )

    def handle(self, *_: object, **options: Any) -> None:
        project = Project.objects.filter(pk=options["project_id"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project_id']}.")
        days = options["expires_in_days"]
        try:
            _row, key = create_key(
                actor=Actor(_owner(project, options["owner"])),
                project=project,
                name=options["name"],
                scopes=options["scopes"],
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(key)


def _owner(project: Project, name: str | None) -> User:
    if name is None:
        return project.owner
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no account {name}.")
    return user
