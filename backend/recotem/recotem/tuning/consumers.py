"""Web sockets that follow a tuning job."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from recotem.tuning.handshakes import is_our_origin, since_of, token_of
from recotem.tuning.services.feeds import following
from recotem.tuning.services.watching import (
    NO_ACCESS,
    NOT_FOUND,
    News,
    Watch,
    WatchRefused,
    begin_watch,
)
from recotem_contracts.job_events import Log, Ping, StatusUpdate

log = logging.getLogger(__name__)

PING_SECONDS = 60.0
SERVER_ERROR = 1011


class JobSocket(AsyncWebsocketConsumer):
    """Status and log lines of the tuning job that the route names."""

    #: None exists: a layer that fails must not end the socket, so we listen ourselves.
    channel_layer_alias = "none"
    sends_status = True
    sends_lines = True

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[asyncio.Task[None]] = []
        self._told: tuple[str, dict[str, Any]] | None = None

    async def connect(self) -> None:
        await self.accept()  # a close code reaches only who was accepted
        try:
            watch = await self._begin()
        except WatchRefused as refused:
            await self.close(code=refused.code)
            return
        for work in (partial(self._follow, watch), self._ping):
            self._tasks.append(asyncio.create_task(self._guarded(work)))

    async def disconnect(self, code: int) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Clients say `pong`, and nothing that needs an answer."""

    async def _begin(self) -> Watch:
        if not is_our_origin(self.scope):
            raise WatchRefused(NO_ACCESS)
        begin = database_sync_to_async(begin_watch)
        job_id = int(self.scope["url_route"]["kwargs"]["job_id"])
        watch: Watch = await begin(token_of(self.scope), job_id)
        return watch

    async def _guarded(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except WatchRefused as refused:
            await self.close(code=refused.code)
        except Exception:
            log.exception("A socket failed.")
            with contextlib.suppress(Exception):
                await self.close(code=SERVER_ERROR)

    async def _follow(self, watch: Watch) -> None:
        """The stored lines, then what comes; each line once, in the order of ids."""
        async with following(watch) as follower:
            news = await follower.news_since(since_of(self.scope))
            await self._send_status(news, seq=_before(news))
            await self._send_lines(news, buffered=True)
            while True:
                news = await follower.next()
                await self._send_lines(news, buffered=False)
                await self._send_status(news, seq=news.seq)

    async def _send_lines(self, news: News, *, buffered: bool) -> None:
        if not self.sends_lines:
            return
        for line in news.lines:
            message = Log(
                message=line.contents,
                timestamp=line.ins_datetime,
                seq=line.pk,
                buffered=buffered,
            )
            await self.send(text_data=message.to_json())

    async def _send_status(self, news: News, *, seq: int) -> None:
        if not self.sends_status or news.state == self._told:
            return
        self._told = news.state
        message = StatusUpdate(status=news.status, data=news.data, seq=seq)
        await self.send(text_data=message.to_json())

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self.send(text_data=Ping().to_json())


def _before(news: News) -> int:
    """Where to come back from for somebody whom none of the lines has reached."""
    return news.lines[0].pk - 1 if news.lines else news.seq


class StatusSocket(JobSocket):
    sends_lines = False


class LogSocket(JobSocket):
    sends_status = False


class NoSocket(AsyncWebsocketConsumer):
    """Where there is nothing to follow."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        await self.close(code=NOT_FOUND)
