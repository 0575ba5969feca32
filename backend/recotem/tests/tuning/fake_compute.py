"""A computing child that answers at once, as a test tells it to."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recotem_engine.compute import ComputeStopped

type Answer = Callable[[dict[str, Any]], dict[str, Any]]

SCORE = {"algorithm": "IALS", "metrics": {"ndcg": 0.5}, "interval": [0.4, 0.6]}


class Script:
    """What the children of one test do, and what they were asked.

    trial: gives the score of a candidate, None for a failed fit, or raises.
    finish: called before the final test.
    """

    def __init__(self) -> None:
        self.trial: Callable[[dict[str, Any]], float | None] = lambda _: 0.25
        self.finish: Callable[[], None] = lambda: None
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._lock = threading.Lock()

    def times(self, op: str) -> int:
        return sum(asked == op for asked, _ in self.asked)

    def note(self, op: str, args: dict[str, Any]) -> None:
        with self._lock:
            self.asked.append((op, args))

    def child(self, **limits: Any) -> "FakeCompute":
        self.note("start", limits)
        return FakeCompute(self)


class FakeCompute:
    def __init__(self, script: Script) -> None:
        self._script = script

    def close(self) -> None:
        return None

    def call(
        self,
        op: str,
        *,
        should_stop: Callable[[], str | None],
        timeout: float | None = None,
        **args: Any,
    ) -> dict[str, Any]:
        self._script.note(op, args | {"timeout": timeout})
        answers: dict[str, Answer] = {
            "prepare_split": self._prepare,
            "open_tuning": lambda _: {},
            "suggest": self._suggest,
            "run_trial": self._run,
            "finish_tuning": self._finish,
        }
        answer = answers[op](args)
        if reason := should_stop():
            raise ComputeStopped(reason)
        return answer

    def _prepare(self, args: dict[str, Any]) -> dict[str, Any]:
        Path(args["out"]).write_bytes(b"split")
        return {}

    def _suggest(self, args: dict[str, Any]) -> dict[str, Any]:
        number = args["number"]
        known = {"algorithm": "IALS", "parameters": {"reg": 0.1 * (number + 1)}}
        return {"number": number, "stage": "search", **known}

    def _run(self, args: dict[str, Any]) -> dict[str, Any]:
        candidate = args["candidate"]
        score = self._script.trial(candidate)
        if score is None:
            return {**candidate, "state": "FAILED", "score": None, "error": "No luck."}
        metrics = {"ndcg": score}
        return {**candidate, "state": "COMPLETED", "score": score, "metrics": metrics}

    def _finish(self, args: dict[str, Any]) -> dict[str, Any]:
        self._script.finish()
        return {"test": SCORE, "baseline": {**SCORE, "algorithm": "TopPop"}}
