import secrets

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from recotem.accounts.models import User


class Command(BaseCommand):
    help = "Create the first account, `admin`, where there is none yet."

    @transaction.atomic
    def handle(self, *_: object, **__: object) -> None:
        if User.objects.exists():
            self.stdout.write("There are accounts already; nothing was created.")
            return
        given = settings.DEFAULT_ADMIN_PASSWORD
        password = given or secrets.token_urlsafe(12)
        User.objects.create_superuser("admin", password=password)
        told = "the password of DEFAULT_ADMIN_PASSWORD" if given else password
        self.stdout.write(f"Created the account admin with the password: {told}")
