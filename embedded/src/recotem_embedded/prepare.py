"""`python -m recotem_embedded.prepare`: brings the home's database up to date.

What the person should read (the first administrator's password) goes to stdout.
"""

import sys

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command

from .children import die_with_supervisor


def main() -> None:
    die_with_supervisor()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if not get_user_model().objects.exists():
        call_command("create_superuser", stdout=sys.stdout)


if __name__ == "__main__":
    main()
