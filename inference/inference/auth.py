"""From the key a client shows to the row that says what it may do."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256

from inference.bounded import Bounded
from inference.database import Database
from inference.directory import Directory, View
from inference.errors import Busy, InvalidApiKey, NotAuthenticated, ScopeMissing
from inference.queries import keys_with_prefix
from inference.rows import KeyRow
from recotem_contracts import api_keys
from recotem_contracts.api_keys import Scope

_WAITING_CHECKS = 16
_REMEMBERED_CHECKS = 10_000


class SlowChecks:
    """PBKDF2 checks: one at a time, in a thread, each pair of key and hash once."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "key-check")
        self._waiting = 0
        self._right: Bounded[tuple[bytes, str], None] = Bounded(_REMEMBERED_CHECKS)
        self._wrong: Bounded[tuple[bytes, str], None] = Bounded(_REMEMBERED_CHECKS)

    async def verify(self, digest: bytes, key: str, stored: str) -> bool:
        """Whether the key has this hash. Raises Busy when too many are waiting."""
        pair = (digest, stored)
        if pair in self._right or pair in self._wrong:
            return pair in self._right
        if self._waiting >= _WAITING_CHECKS:
            raise Busy(retry_after=1)
        is_right = await self._run(key, stored)
        (self._right if is_right else self._wrong).put(pair, None)
        return is_right

    async def _run(self, key: str, stored: str) -> bool:
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            return await loop.run_in_executor(
                self._thread, api_keys.verify, key, stored
            )
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)


class Authenticator:
    """Knows callers by the SHA-256 of their key as long as the revision stands."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory
        self._slow = SlowChecks()

    async def caller(self, key: str) -> KeyRow:
        """Whom the key belongs to. NotAuthenticated, InvalidApiKey, ScopeMissing."""
        if not key:
            raise NotAuthenticated
        if not api_keys.is_well_formed(key):
            raise InvalidApiKey
        digest = sha256(key.encode()).digest()
        view = self._directory.view
        row = view.keys.get(digest) or await self._first_time(view, digest, key)
        if row is None or row.is_expired(datetime.now(UTC)):
            raise InvalidApiKey
        if Scope.PREDICT not in row.scopes:
            raise ScopeMissing
        return row

    async def _first_time(self, view: View, digest: bytes, key: str) -> KeyRow | None:
        """Check once, however many requests with the same key are waiting for it."""
        if digest in view.strangers:
            return None
        check = view.checks.get(digest)
        if check is None:
            check = asyncio.create_task(self._check(view, digest, key))
            view.checks[digest] = check
            check.add_done_callback(lambda _: view.checks.pop(digest))
        return await asyncio.shield(check)

    async def _check(self, view: View, digest: bytes, key: str) -> KeyRow | None:
        prefix = api_keys.prefix_of(key)
        for row in await self._database.read(keys_with_prefix(prefix)):
            is_dead = row.is_expired(datetime.now(UTC))
            if not is_dead and await self._matches(row.key_hash, digest, key):
                view.keys.put(digest, row)
                return row
        view.strangers.put(digest, None)
        return None

    async def _matches(self, stored: str, digest: bytes, key: str) -> bool:
        if api_keys.is_slow(stored):
            return await self._slow.verify(digest, key, stored)
        return api_keys.verify(key, stored)

    def close(self) -> None:
        self._slow.close()
