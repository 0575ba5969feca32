import pytest
from celery.exceptions import NotRegistered
from django.core.management import CommandError, call_command
from django.db import OperationalError

from recotem.core.jobs import enqueue
from recotem.core.management.commands import wait_db


def test_a_job_of_an_unknown_name_fails_at_once():
    with pytest.raises(NotRegistered):
        enqueue("recotem.nothing.run", job_id=1)


def test_waiting_for_the_database_ends_when_it_answers(db, capsys):
    call_command("wait_db")
    assert "answers" in capsys.readouterr().out


class _Down:
    def ensure_connection(self) -> None:
        raise OperationalError("connection refused")


def test_waiting_for_the_database_gives_up_with_its_reason(monkeypatch):
    monkeypatch.setattr(wait_db, "connection", _Down())
    with pytest.raises(CommandError, match="connection refused"):
        call_command("wait_db", "--timeout", "0")


def test_every_change_of_a_model_has_its_migration(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
