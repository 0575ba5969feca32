"""The bell of the inference services. The rows are the truth; this only wakes."""

import logging
from functools import partial

import redis
from django.conf import settings
from django.db import transaction

from recotem_contracts.model_events import CHANNEL, ModelEvent

logger = logging.getLogger(__name__)


def publish(event: ModelEvent) -> None:
    """Ring once the transaction is committed; without Redis nobody needs it."""
    if settings.MODEL_EVENTS_REDIS_URL:
        transaction.on_commit(partial(_send, event.to_json()), robust=True)


def _send(message: str) -> None:
    try:
        with redis.Redis.from_url(
            settings.MODEL_EVENTS_REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        ) as client:
            client.publish(CHANNEL, message)
    except redis.RedisError:
        logger.warning("Nobody was told of %s: Redis failed.", message, exc_info=True)
