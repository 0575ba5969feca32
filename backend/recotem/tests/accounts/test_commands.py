from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recotem.accounts.models import User


def run(name, *args):
    out = StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def test_the_first_account_gets_a_password_that_is_told_once(db, settings):
    settings.DEFAULT_ADMIN_PASSWORD = ""
    password = run("create_superuser").split()[-1]
    admin = User.objects.get()
    assert (admin.username, admin.is_superuser) == ("admin", True)
    assert admin.check_password(password)
    assert "nothing was created" in run("create_superuser")
    assert User.objects.count() == 1


def test_the_first_account_takes_the_given_password_and_does_not_print_it(db, settings):
    settings.DEFAULT_ADMIN_PASSWORD = "given by hand"
    assert "given by hand" not in run("create_superuser")
    assert User.objects.get().check_password("given by hand")


def test_test_users_can_be_made_again(db):
    run("create_test_users", "--user", "ann:first", "--user", "bob:other")
    run("create_test_users", "--user", "ann:second:part")
    assert User.objects.get(username="ann").check_password("second:part")
    with pytest.raises(CommandError, match="name:password"):
        run("create_test_users", "--user", "ann")
