"""What a job says, read once for all sockets of this process that follow it."""

import asyncio
import contextlib
import logging
import time
from bisect import bisect_right
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from operator import attrgetter

from channels.db import database_sync_to_async
from django.db import DatabaseError

from recotem.jobs.listening import listen
from recotem.jobs.models import TaskLog
from recotem.tuning.services.watching import (
    NEWEST,
    News,
    Watch,
    WatchRefused,
    read_news,
    refusals,
)

log = logging.getLogger(__name__)

POLL_SECONDS = 0.7
CHECK_SECONDS = 10.0
#: Lines kept for followers who are slow; who is slower still reads for himself.
KEPT = 2 * NEWEST

_read = database_sync_to_async(read_news)
_refusals = database_sync_to_async(refusals)
#: By event loop and job.
_feeds: dict[tuple[asyncio.AbstractEventLoop, int], "Feed"] = {}


@asynccontextmanager
async def following(watch: Watch) -> AsyncIterator["Follower"]:
    """Follow a job; its feed lives while anybody does."""
    place = asyncio.get_running_loop(), watch.job_id
    feed = _feeds.get(place) or _feeds.setdefault(place, Feed(watch.job_id))
    follower = Follower(feed, watch)
    feed.followers.add(follower)
    try:
        yield follower
    finally:
        feed.followers.discard(follower)
        if not feed.followers:
            del _feeds[place]
            await feed.stop()


class Feed:
    """A job as this process last read it.

    All reads take turns, so that nobody is told an older state after a newer one.
    """

    def __init__(self, job_id: int) -> None:
        self.followers: set[Follower] = set()
        self.failure: Exception | None = None
        self.news: News | None = None
        #: Grows with each change that was read.
        self.version = 0
        #: No line that came after this id is missing among those kept.
        self.floor = 0
        self._lines: list[TaskLog] = []
        self._job_id = job_id
        self._reading = asyncio.Lock()
        self._woken = asyncio.Event()
        self._changed = asyncio.Event()
        self._tasks = (
            asyncio.create_task(listen(job_id, self._woken)),
            asyncio.create_task(self._read_on()),
        )

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def read(self, since: int | None) -> tuple[News, int]:
        """What somebody who knows the lines up to `since` lacks, and our version."""
        async with self._reading:
            return await _read(self._job_id, since), self.version

    async def change(self) -> None:
        """Wait for the next change, refusal or failure."""
        await self._changed.wait()

    def lines_after(self, seq: int) -> list[TaskLog]:
        """Kept lines with a higher id; all there are if `seq` is at least `floor`."""
        return self._lines[bisect_right(self._lines, seq, key=attrgetter("pk")) :]

    async def _read_on(self) -> None:
        checked = time.monotonic()
        try:
            while True:
                try:
                    if time.monotonic() - checked >= CHECK_SECONDS:
                        await self._check()
                        checked = time.monotonic()
                    await self._read_news()
                except DatabaseError:
                    log.warning("The database is away; sockets wait.", exc_info=True)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
                self._woken.clear()
        except Exception as failure:  # the followers raise it
            self.failure = failure
            self._tell()

    async def _read_news(self) -> None:
        async with self._reading:
            before = self.news
            news = await _read(self._job_id, before.seq if before else None)
            if before is None or news.lines or news.state != before.state:
                self._keep(news)

    def _keep(self, news: News) -> None:
        if self.news is None and news.lines:
            self.floor = news.lines[0].pk - 1
        self._lines += news.lines
        if len(self._lines) > KEPT:
            self.floor = self._lines[-KEPT - 1].pk
            del self._lines[:-KEPT]
        self.news = news
        self.version += 1
        self._tell()

    async def _check(self) -> None:
        refused = await _refusals({follower.watch for follower in self.followers})
        for follower in self.followers:
            follower.refusal = refused.get(follower.watch)
        if refused:
            self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class Follower:
    """One socket, and how far it is: the last line it has, the version it knows."""

    def __init__(self, feed: Feed, watch: Watch) -> None:
        self.watch = watch
        self.refusal: int | None = None
        self._feed = feed
        self._seq = 0
        self._version = 0

    async def news_since(self, seq: int | None) -> News:
        """The state, and the lines after `seq`, or else the newest stored ones."""
        feed = self._feed
        if seq is None or feed.news is None or seq < feed.floor:
            news, self._version = await feed.read(seq)
        else:
            status, data, last = feed.news.status, feed.news.data, feed.news.seq
            news = News(status, data, feed.lines_after(seq), max(seq, last))
            self._version = feed.version
        self._seq = news.seq
        return news

    async def next(self) -> News:
        """What is new since the last news, as soon as anything is.

        Raises WatchRefused when he may not go on, and what ended the feed.
        """
        self._go_on()
        while self._version == self._feed.version:
            await self._feed.change()
            self._go_on()
        return await self.news_since(self._seq)

    def _go_on(self) -> None:
        if self.refusal is not None:
            raise WatchRefused(self.refusal)
        if self._feed.failure is not None:
            raise self._feed.failure
