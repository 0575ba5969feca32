"""Messengers go out beside the reconciler, and several workers tell a thing once."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Barrier

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.db import connections
from django.utils import timezone

from recotem.jobs.reconciler import reconcile
from recotem.retraining.models import RetrainingRun, WebhookDelivery
from recotem.retraining.services import messengers, posting
from recotem.retraining.services.deliveries import deliver
from recotem.retraining.services.notices import send_notices
from tests.factories import (
    RetrainingRunFactory,
    RetrainingScheduleFactory,
    WebhookFactory,
)
from tests.retraining.receivers import receiver

pytestmark = pytest.mark.django_db(transaction=True)

_in_thread = messengers.start


def until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("It did not come true in 30 seconds.")


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Messengers are threads, and are back before the test's rows go."""
    monkeypatch.setattr(messengers, "start", _in_thread)
    yield
    until(lambda: not messengers._out)


def waiting(url: str, **values: object) -> WebhookDelivery:
    webhook = WebhookFactory(url=url)
    return WebhookDelivery.objects.create(
        project=webhook.project,
        webhook=webhook,
        event="ping",
        body={},
        next_attempt_at=timezone.now(),
        **values,
    )


def status(delivery: WebhookDelivery) -> str:
    delivery.refresh_from_db()
    return delivery.status


def at_once(act: Callable[[], object], n: int = 4) -> None:
    """In threads that begin together, as several workers would."""
    ready = Barrier(n)

    def work(_: int) -> None:
        ready.wait()
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(n) as workers:
        list(workers.map(work, range(n)))


@pytest.mark.usefixtures("threads")
def test_one_who_is_slow_holds_up_neither_others_nor_schedules(shop_server, sent):
    """Even when all messengers but one wait for slow ones."""
    with ExitStack() as stack:
        slow = [stack.enter_context(receiver()) for _ in range(messengers.AT_ONCE - 1)]
        for each in slow:
            each.answer = lambda _, here=each: here.closing.wait(5)
            waiting(each.url)
        reconcile()
        until(lambda: all(each.told for each in slow))
        quick = [waiting(shop_server.url), waiting(shop_server.url)]
        schedule = RetrainingScheduleFactory(
            is_enabled=True, next_run_at=timezone.now()
        )
        reconcile()
        assert [run.status for run in schedule.runs.all()] == ["RUNNING"]
        until(lambda: [status(each) for each in quick] == ["DELIVERED", "DELIVERED"])
        unanswered = WebhookDelivery.objects.filter(status="PENDING")
        assert unanswered.count() == len(slow)


@pytest.mark.usefixtures("threads")
def test_a_mail_server_that_hangs_holds_up_nobody(shop_server, settings, sent):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 5
        run = failed()
        reconcile()
        connection, _ = silent.accept()
        with connection:
            told = waiting(shop_server.url)
            reconcile()
            until(lambda: status(told) == "DELIVERED")
            run.refresh_from_db()
            assert run.notice_at > timezone.now()


def failed() -> RetrainingRun:
    now = timezone.now()
    return RetrainingRunFactory(
        status="FAILED", error_message="No luck.", completed_at=now, notice_at=now
    )


def test_two_workers_send_a_mail_once(settings):
    settings.EMAIL_HOST = "mail.example.org"
    run = failed()
    at_once(send_notices)
    assert len(mail.outbox) == 1
    run.refresh_from_db()
    assert run.notice_at is None


def test_two_workers_tell_a_webhook_once(shop_server):
    delivery = waiting(shop_server.url)
    at_once(lambda: deliver(delivery.webhook_id))
    assert (status(delivery), delivery.attempts) == ("DELIVERED", 1)
    assert len(shop_server.told) == 1


def test_a_messenger_who_fails_frees_his_place(shop_server, monkeypatch, caplog):
    """What is due is told by the next one."""

    def broken(_: int) -> None:
        raise ValueError

    delivery = waiting(shop_server.url)
    with monkeypatch.context() as breaking:
        breaking.setattr(messengers, "deliver", broken)
        with caplog.at_level(logging.ERROR):
            messengers.send_out()
    assert "tried again" in caplog.text
    messengers.send_out()
    assert status(delivery) == "DELIVERED"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of hooks.example.org, signed by itself and trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example.org")]
    )
    now, day = datetime.now(UTC), timedelta(days=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("hooks.example.org")]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def test_the_address_that_was_checked_is_asked_under_its_name(
    certificate, settings, monkeypatch
):
    """A name server that answers otherwise the second time is not asked again."""
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    answers, checked = iter([["127.0.0.1"], ["10.0.0.1"]]), []

    async def resolve(host: str, _: int) -> list[str]:
        assert host == "hooks.example.org"
        return next(answers)

    monkeypatch.setattr(posting, "resolve", resolve)
    monkeypatch.setattr(
        posting, "check_address", lambda found: checked.append(ip_address(found))
    )
    with receiver(certificate) as server:
        url = f"https://hooks.example.org:{server.port}/hook"
        assert posting.post(url, b"{}", {}) == 200
    [told] = server.told
    assert told.headers["Host"] == f"hooks.example.org:{server.port}"
    assert checked == [ip_address("127.0.0.1")]
    assert next(answers) == ["10.0.0.1"]


def test_a_certificate_of_another_name_is_not_believed(
    certificate, monkeypatch, settings, shop_server
):
    async def resolve(*_: object) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(posting, "resolve", resolve)
    with receiver(certificate) as server:
        url = f"https://another.example.org:{server.port}/hook"
        with pytest.raises(posting.Unreachable, match="certificate"):
            posting.post(url, b"{}", {})
    assert server.told == []
