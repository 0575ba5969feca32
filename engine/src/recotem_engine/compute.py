"""Heavy work in a child process that can be killed at any instant.

    with Compute(memory_limit_bytes=8_000_000_000, threads=2) as compute:
        compute.call("open_tuning", split=path, tuning_spec=spec)
        record = compute.call("run_trial", candidate=candidate, timeout=600)

Needs the standard library only; what the child can do is in `operations`.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

from recotem_engine.errors import ArtifactError, ConfigError, DataError, EngineError

_POLL_SECONDS = 0.25
_CHUNK = 1 << 16
_STDERR_BYTES = 8192
_GRACE_SECONDS = 10.0
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "IRSPACK_NUM_THREADS_DEFAULT",
)
_OUT_OF_MEMORY_SIGNS = (
    "MemoryError",
    "bad_alloc",  # C++
    "memory allocation of",  # Rust
    "Memory allocation still failed",  # OpenBLAS
)
_ERRORS: dict[str, type[EngineError]] = {
    kind.__name__: kind for kind in (DataError, ConfigError, ArtifactError)
}

type Message = dict[str, Any]


class ComputeCrashed(EngineError):
    """The operation failed for a reason that the caller cannot know.

    code: crashed | out_of_memory. returncode: of the child if it is dead, negative for
    a signal, else None. stderr: the last 8 kB of what the child wrote there.
    """

    def __init__(
        self, code: str, message: str, returncode: int | None, stderr: str
    ) -> None:
        super().__init__(code, message)
        self.returncode = returncode
        self.stderr = stderr


class ComputeTimeout(EngineError):
    """The operation took longer than its timeout; the child is dead."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "timeout", f"The computation took longer than {seconds:g} seconds."
        )


class ComputeStopped(Exception):
    """`should_stop` gave this reason; the child is dead."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Compute:
    """One child process, for one thread at a time.

    memory_limit_bytes: private memory of the child; more ends in ComputeCrashed
    out_of_memory. threads: of the numeric libraries, None for their own choice. nice:
    how much the child gives way to other processes, 0 to 19.
    """

    def __init__(
        self,
        *,
        memory_limit_bytes: int | None = None,
        threads: int | None = None,
        nice: int = 0,
    ) -> None:
        command = [sys.executable, "-P", "-m", "recotem_engine.child", f"--nice={nice}"]
        if memory_limit_bytes:
            command.append(f"--memory-limit-bytes={memory_limit_bytes}")
        environment = {"PYTHONFAULTHANDLER": "1"}
        if threads:
            environment |= dict.fromkeys(_THREAD_VARIABLES, str(threads))
        watched, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*command, f"--lifeline={watched}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=os.environ | environment,
                pass_fds=(watched,),
                start_new_session=True,
            )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(watched)
        self._open = True
        self._pipes = _Pipes(self._process)

    @property
    def pid(self) -> int:
        """Process id of the child, which is also its process group."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the child at once, whatever it does; harmless when it is dead."""
        if not self._open:
            return
        self._open = False
        self._kill()
        os.close(self._lifeline)
        self._pipes.close()

    def call(
        self,
        op: str,
        /,
        *,
        on_progress: Callable[[dict[str, Any]], None] | None = None,
        should_stop: Callable[[], str | None] | None = None,
        timeout: float | None = None,
        **args: Any,
    ) -> dict[str, Any]:
        """Run one operation and return its result.

        should_stop: asked several times a second; a reason (any text) kills the child.
        timeout: seconds. Raises the operation's own DataError, ConfigError or
        ArtifactError (the child can be used again), ComputeCrashed, ComputeStopped or
        ComputeTimeout. After an exception of a callback the child is dead.
        """
        if not self._open:
            raise self._crash()
        self._pipes.write(json.dumps({"op": op, "args": args}).encode() + b"\n")
        try:
            answer = self._wait_for_answer(on_progress, should_stop, timeout)
        except BaseException:
            self.close()
            raise
        if answer["event"] == "result":
            value: dict[str, Any] = answer["value"]
            return value
        if answer["kind"] == "crash":
            raise ComputeCrashed(
                answer["code"], answer["message"], None, self._pipes.stderr
            )
        raise _ERRORS.get(answer["kind"], EngineError)(
            answer["code"], answer["message"]
        )

    def _wait_for_answer(
        self,
        on_progress: Callable[[dict[str, Any]], None] | None,
        should_stop: Callable[[], str | None] | None,
        timeout: float | None,
    ) -> Message:
        started = asked = time.monotonic()
        for message in self._pipes.messages():
            if message is None:
                pass
            elif message["event"] != "progress":
                return message
            elif on_progress:
                on_progress(message["data"])
            now = time.monotonic()
            if should_stop and now - asked >= _POLL_SECONDS:
                asked = now
                if reason := should_stop():
                    raise ComputeStopped(reason)
            if timeout is not None and now - started > timeout:
                raise ComputeTimeout(timeout)
        raise self._crash()

    def _crash(self) -> ComputeCrashed:
        """What the end of the child looks like from outside."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_SECONDS)
        self._kill()
        returncode = self._process.returncode
        stderr = self._pipes.stderr
        if returncode == -signal.SIGKILL:
            sentence = "The computing process was killed, probably for lack of memory."
            return ComputeCrashed("out_of_memory", sentence, returncode, stderr)
        if any(sign in stderr for sign in _OUT_OF_MEMORY_SIGNS):
            sentence = "The computation needs more memory than it may use."
            return ComputeCrashed("out_of_memory", sentence, returncode, stderr)
        return ComputeCrashed("crashed", _obituary(returncode), returncode, stderr)

    def _kill(self) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _obituary(returncode: int) -> str:
    if returncode < 0:
        return f"The computing process crashed ({signal.Signals(-returncode).name})."
    return f"The computing process ended by itself with status {returncode}."


class _Pipes:
    """The three pipes of a child, never waiting for one while another is full."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin and process.stdout and process.stderr  # noqa: S101, PT018
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._stderr = process.stderr
        for pipe in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(pipe.fileno(), False)
        self._unsent = memoryview(b"")
        self._line: list[bytes] = []
        self._errors = bytearray()

    @property
    def stderr(self) -> str:
        """The end of what the child wrote to standard error so far."""
        return self._errors.decode(errors="replace")

    def write(self, line: bytes) -> None:
        """To be sent while `messages` is read."""
        self._unsent = memoryview(line)

    def close(self) -> None:
        for pipe in (self._stdin, self._stdout, self._stderr):
            pipe.close()

    def messages(self) -> Iterator[Message | None]:
        """What the child says until it is dead, and None every now and then."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdin, selectors.EVENT_WRITE)
            selector.register(self._stdout, selectors.EVENT_READ)
            selector.register(self._stderr, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(_POLL_SECONDS)}
                if self._stderr in ready and not self._read_errors():
                    selector.unregister(self._stderr)
                if self._stdin in ready and not self._send():
                    selector.unregister(self._stdin)
                if self._stdout in ready:
                    chunk = self._stdout.read(_CHUNK)
                    if chunk == b"":
                        while self._read_errors():
                            pass
                        return
                    yield from self._lines(chunk or b"")
                yield None

    def _send(self) -> bool:
        """Whether there is more to send, and somebody who listens."""
        try:
            sent = self._stdin.write(self._unsent[:_CHUNK])
        except BrokenPipeError:
            return False
        self._unsent = self._unsent[sent or 0 :]
        return bool(self._unsent)

    def _read_errors(self) -> bool:
        chunk = self._stderr.read(_CHUNK)
        self._errors += chunk or b""
        del self._errors[:-_STDERR_BYTES]
        return chunk != b""

    def _lines(self, chunk: bytes) -> Iterator[Message]:
        *complete, rest = chunk.split(b"\n")
        for end in complete:
            line = b"".join([*self._line, end])
            self._line = []
            yield json.loads(line)
        self._line.append(rest)
