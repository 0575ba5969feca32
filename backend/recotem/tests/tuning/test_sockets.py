"""Following a job over a web socket."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.testing import WebsocketCommunicator

from recotem.accounts.models import User
from recotem.accounts.services import sign_in, sign_out
from recotem.asgi import application
from recotem.jobs.services import append_log, finish, move
from recotem.tuning import consumers
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services import feeds
from recotem.tuning.services.watching import begin_watch, read_news
from tests.factories import ParameterTuningJobFactory
from tests.people import PASSWORD, People

type Message = dict[str, Any]

WAIT_SECONDS = 60


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own, which nobody may close; channels does so only while it waits."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)


@pytest.fixture
def tuning_job(people: People) -> ParameterTuningJob:
    return ParameterTuningJobFactory(data__project=people.project)


def token(user: User) -> str:
    return sign_in(name=user.username, password=PASSWORD)[1].access


class Client:
    """One open socket, and what came through it."""

    def __init__(self, path: str, headers: dict[str, str]) -> None:
        given = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._socket = WebsocketCommunicator(application, path, headers=given)
        self.lines: list[Message] = []
        self.statuses: list[Message] = []
        self.others: list[Message] = []

    async def open(self) -> None:
        assert (await self._socket.connect(timeout=WAIT_SECONDS))[0]

    async def next(self) -> Message:
        """The next frame; a close as {"type": "websocket.close", "code": …}."""
        frame = await self._socket.receive_output(timeout=WAIT_SECONDS)
        if frame["type"] != "websocket.send":
            return frame
        message = json.loads(frame["text"])
        kinds = {"log": self.lines, "status_update": self.statuses}
        kinds.get(message["type"], self.others).append(message)
        return message

    async def until(self, reached: Callable[["Client"], object]) -> None:
        while not reached(self):
            assert (await self.next())["type"] != "websocket.close"

    async def say(self, text: str) -> None:
        await self._socket.send_to(text_data=text)

    async def close(self) -> None:
        await self._socket.disconnect(timeout=WAIT_SECONDS)

    @property
    def texts(self) -> list[str]:
        return [line["message"] for line in self.lines]


def follow(
    path: str, scenario: Callable[[Client], Awaitable[None]], **headers: str
) -> None:
    """Open a socket, play the scenario, close it."""

    async def play() -> None:
        client = Client(path, headers)
        await client.open()
        await scenario(client)
        await client.close()

    async_to_sync(play)()


def close_code(path: str, **headers: str) -> int:
    codes: list[int] = []

    async def scenario(client: Client) -> None:
        codes.append((await client.next())["code"])

    follow(path, scenario, **headers)
    return codes[0]


@pytest.mark.parametrize(
    ("who", "code"), [("anonymous", 4401), ("stranger", 4403), ("inactive", 4401)]
)
def test_who_may_not_follow_is_told_by_the_close_code(
    people: People, tuning_job: ParameterTuningJob, who: str, code: int
) -> None:
    text = ""
    if who != "anonymous":
        user = people.user(who)
        text = token(user)
        user.is_active = who != "inactive"
        user.save()
    path = f"/ws/job/{tuning_job.pk}/?token={text}"
    assert close_code(path) == code


@pytest.mark.parametrize("path", ["/ws/job/{}/", "/ws/job/{}/logs/", "/ws/else/"])
def test_what_does_not_exist_is_4404(people: People, path: str) -> None:
    address = path.format(987654321)
    assert close_code(f"{address}?token={token(people.user('owner'))}") == 4404


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        ("https://evil.example", False),
        ("https://evil.example:80@localhost", False),
        ("null", False),
        ("http://localhost:5173", True),
        ("http://shop.example:8000", True),
        ("https://trusted.example", True),
    ],
)
def test_pages_of_others_are_kept_out(
    people: People,
    tuning_job: ParameterTuningJob,
    settings: Any,
    origin: str,
    *,
    accepted: bool,
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "*"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example"]
    cookie = f"jwt-access={token(people.user('owner'))}"
    seen: list[Message] = []

    async def scenario(client: Client) -> None:
        seen.append(await client.next())

    path = f"/ws/job/{tuning_job.pk}/"
    follow(path, scenario, origin=origin, host="shop.example:8000", cookie=cookie)
    assert seen[0].get("code") == (None if accepted else 4403)
    assert seen[0]["type"] == ("status_update" if accepted else "websocket.close")


def test_a_late_joiner_gets_the_newest_stored_lines_and_then_each_new_one_once(
    people: People, tuning_job: ParameterTuningJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recotem.tuning.services.watching.NEWEST", 5)
    job = tuning_job.job
    for number in range(8):
        append_log(job.pk, f"line {number}")

    async def scenario(client: Client) -> None:
        first = await client.next()
        assert (first["type"], first["status"]) == ("status_update", "PENDING")
        await client.until(lambda c: len(c.lines) == 5)
        for number in range(8, 12):
            await sync_to_async(append_log)(job.pk, f"line {number}")
        await client.say('{"type":"pong"}')
        await client.say("not even JSON")
        await client.until(lambda c: len(c.lines) == 9)
        assert client.texts == [f"line {number}" for number in range(3, 12)]
        assert [line["buffered"] for line in client.lines] == [True] * 5 + [False] * 4
        assert all(line["timestamp"].endswith("Z") for line in client.lines)

    follow(f"/ws/job/{tuning_job.pk}/?token={token(people.user('viewer'))}", scenario)


def test_who_comes_back_gets_all_lines_since_then(
    people: People, tuning_job: ParameterTuningJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recotem.tuning.services.watching.NEWEST", 2)
    lines = [append_log(tuning_job.job_id, f"line {number}") for number in range(6)]

    async def scenario(client: Client) -> None:
        await client.until(lambda c: len(c.lines) == 4)
        assert [line["seq"] for line in client.lines] == [row.pk for row in lines[2:]]
        assert not client.statuses

    query = f"token={token(people.user('owner'))}&since={lines[1].pk}"
    follow(f"/ws/job/{tuning_job.pk}/logs/?{query}", scenario)


def test_who_leaves_after_the_snapshot_may_come_back_from_its_seq(
    people: People, tuning_job: ParameterTuningJob
) -> None:
    lines = [append_log(tuning_job.job_id, f"line {number}") for number in range(3)]

    async def scenario(client: Client) -> None:
        snapshot = await client.next()
        assert snapshot["type"] == "status_update"
        assert snapshot["seq"] < lines[0].pk

    follow(f"/ws/job/{tuning_job.pk}/?token={token(people.user('owner'))}", scenario)


def test_each_change_of_the_state_is_told_after_the_lines_that_led_to_it(
    people: People, tuning_job: ParameterTuningJob
) -> None:
    job = tuning_job.job

    def end() -> None:
        move(job.pk, "RUNNING")
        finish(job, "FAILED", "The file is gone.")

    async def scenario(client: Client) -> None:
        await client.until(lambda c: c.statuses)
        await sync_to_async(end)()
        await client.until(lambda c: c.statuses[-1]["status"] == "FAILED")
        last = client.statuses[-1]
        assert last["data"]["error"] == "The file is gone."
        assert client.texts == ["The job failed: The file is gone."]
        assert last["seq"] == client.lines[-1]["seq"]

    follow(f"/ws/job/{tuning_job.pk}/?token={token(people.user('owner'))}", scenario)


def deactivate(access: str) -> None:
    user = User.objects.get(username="owner")
    user.is_active = False
    user.save()


def renew_password(access: str) -> None:
    user = User.objects.get(username="owner")
    user.set_password("a fine long one")
    user.save()


@pytest.mark.parametrize("end", [sign_out, deactivate, renew_password])
def test_a_socket_is_pinged_and_ends_with_its_session(
    people: People,
    tuning_job: ParameterTuningJob,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[str], None],
) -> None:
    monkeypatch.setattr(consumers, "PING_SECONDS", 0.1)
    monkeypatch.setattr(feeds, "CHECK_SECONDS", 0.1)
    access = token(people.user("owner"))

    async def scenario(client: Client) -> None:
        await client.until(lambda c: c.others)
        assert client.others[0] == {"type": "ping"}
        await sync_to_async(end)(access)
        while (frame := await client.next())["type"] != "websocket.close":
            pass
        assert frame["code"] == 4401

    follow(f"/ws/job/{tuning_job.pk}/status/?token={access}", scenario)


@pytest.mark.django_db
def test_times_are_written_as_everywhere_in_the_api(
    call_as: Callable[..., Any], tuning_job: ParameterTuningJob
) -> None:
    move(tuning_job.job_id, "RUNNING")
    watch = begin_watch(token(tuning_job.data.project.owner), tuning_job.pk)
    row = call_as("owner", "get", f"parameter_tuning_job/{tuning_job.pk}/").json()
    assert row["started_at"].endswith("Z")
    assert read_news(watch.job_id, None).data["started_at"] == row["started_at"]


N_CLIENTS = 40
N_LINES = 30


@pytest.mark.parametrize("kept", [feeds.KEPT, 1])
def test_many_who_come_and_go_get_every_line_once_and_in_order(
    people: People,
    tuning_job: ParameterTuningJob,
    monkeypatch: pytest.MonkeyPatch,
    kept: int,
) -> None:
    """Every fourth is away for some of the lines, and those kept may not be enough."""
    monkeypatch.setattr(feeds, "KEPT", kept)
    path = f"/ws/job/{tuning_job.pk}/logs/?token={token(people.user('viewer'))}"

    async def follow_all(n_lines: int, *, goes: bool) -> list[int]:
        client = Client(path, {})
        await client.open()
        if goes:
            await client.until(lambda c: len(c.lines) >= n_lines // 3)
            await client.close()
            back = Client(f"{path}&since={client.lines[-1]['seq']}", {})
            back.lines, client = client.lines, back
            await client.open()
        await client.until(lambda c: len(c.lines) >= n_lines)
        await client.close()
        return [line["seq"] for line in client.lines]

    async def play() -> tuple[list[int], list[list[int]]]:
        clients = [
            asyncio.create_task(follow_all(N_LINES, goes=number % 4 == 0))
            for number in range(N_CLIENTS)
        ]
        lines = [
            await sync_to_async(append_log)(tuning_job.job_id, f"line {number}")
            for number in range(N_LINES)
        ]
        return [line.pk for line in lines], await asyncio.gather(*clients)

    written, received = async_to_sync(play)()
    assert received == [written] * N_CLIENTS


def test_all_who_follow_a_job_share_one_reader(
    people: People, tuning_job: ParameterTuningJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reads once what is stored; after that one reads for all."""
    reads: list[int | None] = []

    async def counted(job_id: int, since: int | None) -> Any:
        reads.append(since)
        return await read(job_id, since)

    read = feeds._read
    monkeypatch.setattr(feeds, "_read", counted)
    path = f"/ws/job/{tuning_job.pk}/logs/?token={token(people.user('viewer'))}"

    async def play() -> None:
        clients = [Client(path, {}) for _ in range(N_CLIENTS)]
        for client in clients:
            await client.open()
        for number in range(3):
            before = len(reads)
            await sync_to_async(append_log)(tuning_job.job_id, f"line {number}")
            for client in clients:
                await client.until(lambda c, number=number: len(c.lines) > number)
            assert number == 0 or len(reads) - before < N_CLIENTS
        for client in clients:
            await client.close()

    async_to_sync(play)()
    assert not feeds._feeds
