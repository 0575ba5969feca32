"""Django's cache on Redis, with one client for all calls."""

from functools import cached_property
from typing import Any

from django.core.cache.backends import redis


class _OneClient(redis.RedisCacheClient):
    """Django makes a client for each call, which takes as long as the call itself; a
    client keeps nothing of a call, and its pool has a connection for each thread."""

    @cached_property
    def _shared(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: object = None, *, write: bool = False) -> Any:
        del key, write  # there is one server
        return self._shared


class RedisCache(redis.RedisCache):
    """Of one server."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _OneClient
