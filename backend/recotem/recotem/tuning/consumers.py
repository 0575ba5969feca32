"""Web sockets that follow a tuning job: rows are read, bells only wake the reader."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from recotem.jobs.listening import listen
from recotem.tuning.handshakes import is_our_origin, since_of, token_of
from recotem.tuning.services.watching import (
    NO_ACCESS,
    NOT_FOUND,
    News,
    Watch,
    WatchRefused,
    begin_watch,
    check_watch,
    read_news,
)
from recotem_contracts.job_events import Log, Ping, StatusUpdate

log = logging.getLogger(__name__)

POLL_SECONDS = 0.7
CHECK_SECONDS = 10.0
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
        self._woken = asyncio.Event()
        self._told: tuple[str, dict[str, Any]] | None = None
        self._seq = 0

    async def connect(self) -> None:
        await self.accept()  # a close code reaches only who was accepted
        try:
            watch = await self._begin()
        except WatchRefused as refused:
            await self.close(code=refused.code)
            return
        for work in (
            partial(self._follow, watch),
            self._ping,
            partial(listen, watch.job_id, self._woken),
        ):
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
        read = database_sync_to_async(read_news)
        check = database_sync_to_async(check_watch)
        await self._send_stored(await read(watch, since_of(self.scope)))
        checked = time.monotonic()
        while True:
            await self._pause()
            try:
                if time.monotonic() - checked >= CHECK_SECONDS:
                    await check(watch)
                    checked = time.monotonic()
                news = await read(watch, self._seq)
            except DatabaseError:
                log.warning("The database is away; the socket waits.", exc_info=True)
                continue
            await self._send_lines(news, buffered=False)
            await self._send_status(news)

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        self._woken.clear()

    async def _send_stored(self, news: News) -> None:
        self._seq = news.seq
        await self._send_status(news)
        await self._send_lines(news, buffered=True)

    async def _send_lines(self, news: News, *, buffered: bool) -> None:
        self._seq = news.seq
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

    async def _send_status(self, news: News) -> None:
        state = news.status, news.data
        if not self.sends_status or state == self._told:
            return
        self._told = state
        message = StatusUpdate(status=news.status, data=news.data, seq=self._seq)
        await self.send(text_data=message.to_json())

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self.send(text_data=Ping().to_json())


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
