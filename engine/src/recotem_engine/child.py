"""The computing child: `python -m recotem_engine.child`, driven by `compute.Compute`.

Reads {"op", "args"} as one JSON line each from standard input and answers on what was
standard output with lines of {"event": "progress" | "result" | "error", …}. Prints of
libraries go to standard error. It ends when its standard input does, even in the middle
of an operation, and by signal when its parent is gone.
"""

import argparse
import fcntl
import json
import os
import queue
import resource
import sys
import threading
from collections.abc import Callable
from typing import Any

from recotem_engine.errors import EngineError
from recotem_engine.operations import OPERATIONS, Session

type Send = Callable[[dict[str, Any]], None]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lifeline", type=int)
    parser.add_argument("--memory-limit-bytes", type=int)
    parser.add_argument("--nice", type=int, default=0)
    options = parser.parse_args()
    if options.lifeline is not None:
        _die_with(options.lifeline)
    os.nice(options.nice)
    if options.memory_limit_bytes:
        _limit_memory(options.memory_limit_bytes)
    send = _private_output()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    session = Session(lambda data: send({"event": "progress", "data": data}))
    while True:
        send(_answer(json.loads(requests.get()), session))


def _die_with(lifeline: int) -> None:
    """Be killed by the kernel when the other end of this pipe closes.

    Reading would have to wait for native code that holds the interpreter's lock; and
    the kernel's parent-death signal means the thread that started us, not the process.
    """
    if sys.platform == "linux":
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)


def _limit_memory(n_bytes: int) -> None:
    """Private memory only: mapped files and code do not count."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (n_bytes, hard))


def _private_output() -> Send:
    """Keep standard output for answers; what others print goes to standard error."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def send(message: dict[str, Any]) -> None:
        stream.write(json.dumps(message) + "\n")
        stream.flush()

    return send


def _read_requests(requests: "queue.SimpleQueue[bytes]") -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _answer(request: dict[str, Any], session: Session) -> dict[str, Any]:
    try:
        value = OPERATIONS[request["op"]](session, **request["args"])
    except EngineError as error:
        return _error(type(error).__name__, error.code, str(error))
    except MemoryError:
        sentence = "The computation needs more memory than it may use."
        return _error("crash", "out_of_memory", sentence)
    except Exception as error:  # the caller gets a sentence, whatever it was
        sentence = f"The computation failed with {type(error).__name__}: {error}"
        return _error("crash", "crashed", sentence)
    return {"event": "result", "value": value}


def _error(kind: str, code: str, message: str) -> dict[str, Any]:
    return {"event": "error", "kind": kind, "code": code, "message": message}


if __name__ == "__main__":
    main()
