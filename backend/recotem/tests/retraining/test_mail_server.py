"""Mails as a real mail server gets them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from recotem.jobs.reconciler import reconcile
from tests.factories import RetrainingRunFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("postgresql")]


@pytest.fixture
def mail_server(settings) -> Iterator[subprocess.Popen]:
    """A process of its own that wants a user and a password."""
    command = [sys.executable, Path(__file__).with_name("mail_server.py"), "me", "word"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "word"
    settings.DEFAULT_FROM_EMAIL = "recotem@example.org"
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = int(process.stdout.readline())
        yield process
        process.kill()


def failed():
    now = timezone.now()
    return RetrainingRunFactory(
        status="FAILED",
        error_message="Kein Glück.",
        completed_at=now,
        notice_at=now,
        schedule__project__name="Bücher",
    )


def test_the_owner_gets_a_mail_through_a_server_that_wants_a_password(mail_server):
    run = failed()
    reconcile()
    told = json.loads(mail_server.stdout.readline())
    owner = run.schedule.project.owner.email
    assert (told["from"], told["to"]) == ("recotem@example.org", [owner])
    assert "Kein Glück." in told["text"]
    run.refresh_from_db()
    assert run.notice_at is None


def test_a_server_that_refuses_the_password_is_tried_again_later(mail_server, settings):
    settings.EMAIL_HOST_PASSWORD = "wrong"
    run = failed()
    reconcile()
    run.refresh_from_db()
    assert run.notice_at > timezone.now()
