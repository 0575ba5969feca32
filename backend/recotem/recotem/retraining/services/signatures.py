"""Secrets of webhooks, and what is signed with them.

No secret is stored: it comes from the installation's SECRET_KEY and a salt on the row,
so whoever gets to see the rows can sign nothing.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from recotem.retraining.models import Webhook

#: For so long after a rotation the secret before it signs as well.
OVERLAP = timedelta(days=1)
_PURPOSE = "recotem.retraining.webhook"


def new_salt() -> str:
    return secrets.token_hex(32)


def secret_of(salt: str) -> str:
    """Text; its UTF-8 bytes are the key of the HMAC."""
    key = salted_hmac(_PURPOSE, salt, algorithm="sha256").hexdigest()
    return f"rctm_hook_{key}"


def signed_headers(webhook: Webhook, body: bytes, now: datetime) -> dict[str, str]:
    """The time, and for each secret the HMAC-SHA256 of `{time}.{body}` in hex."""
    timestamp = str(int(now.timestamp()))
    message = timestamp.encode() + b"." + body
    marks = [
        hmac.new(secret_of(salt).encode(), message, hashlib.sha256).hexdigest()
        for salt in _salts(webhook, now)
    ]
    return {
        "X-Recotem-Timestamp": timestamp,
        "X-Recotem-Signature": ",".join(f"v1={mark}" for mark in marks),
    }


def _salts(webhook: Webhook, now: datetime) -> list[str]:
    rotated_at = webhook.rotated_at
    if rotated_at is not None and now < rotated_at + OVERLAP:
        return [webhook.secret_salt, webhook.former_salt]
    return [webhook.secret_salt]
