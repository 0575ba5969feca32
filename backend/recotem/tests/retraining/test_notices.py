"""Who hears of a failure, and how often it is tried to tell."""

import logging
from datetime import timedelta

import pytest

from recotem.retraining.services import notices
from tests.factories import MembershipFactory, UserFactory
from tests.retraining.conftest import (
    ROUTE,
    SUNDAY,
    job_ends,
    pass_time,
    runs_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_HOST = "mail.example.org"
    settings.DEFAULT_FROM_EMAIL = "recotem@example.org"


@pytest.fixture
def fails(schedule_with, clock):
    """A run that failed for good, and the reconciler that came by then."""

    def fail(**values):
        schedule = schedule_with(max_retries=0, **values)
        pass_time(clock, SUNDAY)
        [run] = runs_of(schedule)
        job_ends(run, "FAILED", "No luck.")
        pass_time(clock, SUNDAY + timedelta(seconds=10))
        run.refresh_from_db()
        return run

    return fail


def test_the_owners_are_told_once_and_nobody_else(fails, people, clock, mailoutbox):
    project = people.project
    project.name = "the\nshop"
    project.save()
    for who in ("viewer", "editor", "co_owner"):
        people.user(who)
    MembershipFactory(project=project, user__is_active=False, role="owner")
    MembershipFactory(project=project, user=UserFactory(email=""), role="owner")
    run = fails()
    pass_time(clock, SUNDAY + timedelta(hours=1))
    [mail] = mailoutbox
    assert mail.to == ["co_owner@example.org", "owner@example.org"]
    assert mail.from_email == "recotem@example.org"
    assert mail.subject == "Recotem: retraining of the shop failed"
    assert "No luck." in mail.body
    assert f"Run: {run.pk}" in mail.body
    assert "2026-12-06T02:00:00" in mail.body


def test_who_does_not_want_to_be_told_is_not(fails, mailoutbox):
    assert fails(notify_on_failure=False).status == "FAILED"
    assert mailoutbox == []


def test_a_failure_that_is_tried_again_is_not_yet_told(
    schedule_with, clock, mailoutbox
):
    schedule = schedule_with()
    pass_time(clock, SUNDAY)
    [run] = runs_of(schedule)
    job_ends(run, "FAILED", "No luck.")
    pass_time(clock, SUNDAY + timedelta(seconds=10))
    assert (run.status, mailoutbox) == ("PENDING", [])


def test_a_mail_that_could_not_be_sent_is_sent_later(
    fails, clock, mailoutbox, monkeypatch
):
    def away(*_):
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(notices, "send_mail", away)
        fails()
        pass_time(clock, SUNDAY + timedelta(seconds=20))
    pass_time(clock, SUNDAY + timedelta(seconds=30))
    assert mailoutbox == []
    pass_time(clock, SUNDAY + timedelta(minutes=11))
    pass_time(clock, SUNDAY + timedelta(minutes=12))
    assert len(mailoutbox) == 1


def test_old_news_are_not_told(fails, clock, mailoutbox, monkeypatch):
    def away(*_):
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(notices, "send_mail", away)
        run = fails()
    pass_time(clock, SUNDAY + timedelta(days=2))
    run.refresh_from_db()
    assert (run.notice_at, mailoutbox) == (None, [])


def test_without_a_mail_server_the_log_says_once_that_nobody_is_told(
    fails, clock, call_as, settings, mailoutbox, caplog
):
    settings.EMAIL_HOST = ""
    notices._say_once.cache_clear()
    with caplog.at_level(logging.WARNING):
        run = fails()
        call_as("key", "post", f"{ROUTE}{run.schedule_id}/trigger/")
        job_ends(run.schedule.runs.get(status="RUNNING"), "FAILED", "No luck.")
        pass_time(clock, SUNDAY + timedelta(minutes=1))
    assert mailoutbox == []
    said = [record.message for record in caplog.records if "EMAIL_HOST" in record.msg]
    assert len(said) == 1
    assert run.notice_at is None
