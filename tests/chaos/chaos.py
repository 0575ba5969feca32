"""`kill -9`, again and again, in the middle of a search: nothing is lost or doubled.

make test-chaos
make chaos ARGUMENTS="--mode deployed --kills 20 --trials 40 --seed 1 --repeat 5"
"""

import argparse
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
from dataset import Dataset, generated
from line_reader import LineReader
from main_job import Json, Management, Options, Outcome, prepare
from mortals import DATABASE_AWAY, Mortal, mortal

from recotem_embedded.testing import PASSWORD

MODES = ("embedded", "deployed")
#: Kills come so many seconds at most after the trial that they wait for.
LONGEST_PAUSE = 2.0
#: Without any progress for so long, the job has stalled.
STALLED_SECONDS = 300.0
OPEN = ("PENDING", "RUNNING")
#: Its trials take about a second each on the data made here.
ALGORITHMS = ("IALS",)
ENDING = re.compile(r"Trial (\d+) of \d+: \S+ (?:scored|failed)")


@dataclass(frozen=True)
class Kill:
    """`pause` seconds after so many trials have ended."""

    n_trials: int
    victim: str
    pause: float


def plan(seed: int, n_kills: int, n_trials: int, victims: Sequence[str]) -> list[Kill]:
    """Kills from the first moment to the last trials, each victim about as often."""
    source = Random(seed)
    turns = -(-n_kills // len(victims))
    who = [name for _ in range(turns) for name in source.sample(victims, len(victims))]
    last = max(1, n_kills - 1)
    return [
        Kill((n_trials - 2) * number // last, name, source.uniform(0, LONGEST_PAUSE))
        for number, name in enumerate(who[:n_kills])
    ]


class PatientManagement(Management):
    """Asks again while the server is away; `meanwhile` is called in between."""

    def __init__(self, url: str, meanwhile: Callable[[], None]) -> None:
        super().__init__(url, "admin", PASSWORD)
        self._http.timeout = httpx.Timeout(20)
        self._meanwhile = meanwhile

    def answer(self, method: str, path: str, **content: Any) -> httpx.Response:
        deadline = time.monotonic() + STALLED_SECONDS
        while True:
            self._meanwhile()
            try:
                answer = super().answer(method, path, **content)
                if answer.status_code < 500 or time.monotonic() > deadline:
                    return answer
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def rows(self, path: str, **query: object) -> Iterator[Json]:
        """All of a list."""
        page, more = 1, True
        while more:
            params = {**query, "page": page, "page_size": 100}
            found = self.send("GET", path, params=params)
            yield from found["results"]
            page, more = page + 1, found["next"] is not None


@dataclass
class Report:
    """What a run came to. It is good when there are no complaints."""

    mode: str
    seed: int
    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    trials: Counter[str] = field(default_factory=Counter)
    n_lines: int = 0
    n_connections: int = 0
    attempts: Counter[str] = field(default_factory=Counter)
    n_tried_again: int = 0
    complaints: list[str] = field(default_factory=list)

    def row(self) -> str:
        cells = (
            self.mode,
            self.seed,
            f"{self.seconds:.0f} s",
            _counts(self.kills),
            _counts(self.trials),
            self.n_tried_again,
            _counts(self.attempts),
            f"{self.n_lines} over {self.n_connections}",
            "; ".join(self.complaints) or "COMPLETED",
        )
        return f"| {' | '.join(str(cell) for cell in cells)} |"


HEAD = (
    "| mode | seed | lasted | kills | trials | tried again | attempts "
    "| lines over connections | end |\n|---|---|---|---|---|---|---|---|---|"
)


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(counter.items()))


def run(
    mode: str, folder: Path, data: Dataset, seed: int, n_kills: int, n_trials: int
) -> Report:
    """One job under fire, and what it left behind."""
    report = Report(mode, seed)
    with mortal(mode, folder) as recotem:
        try:
            _run(recotem, data, report, n_kills, n_trials)
        finally:
            if report.complaints:
                print(recotem.logs())
    return report


def _run(
    recotem: Mortal, data: Dataset, report: Report, n_kills: int, n_trials: int
) -> None:
    kills = plan(report.seed, n_kills, n_trials, recotem.victims)
    print(f"{report.mode}, seed {report.seed}, {n_trials} trials:")
    source = Random(report.seed)
    with PatientManagement(recotem.url, recotem.revive) as api:
        job = start_job(api, recotem.url, data, n_trials)
        with LineReader(recotem.url, job["id"], Random(report.seed)) as reader:
            carry_out(kills, recotem, source, report)
            judge(api, job["id"], reader, report)
        report.n_connections = reader.n_connections
    if (missed := n_kills - report.kills.total()) > 0:
        report.complaints.append(f"{missed} kills came too late")


def start_job(api: Management, url: str, data: Dataset, n_trials: int) -> Json:
    columns = (data.user_column, data.item_column, data.time_column)
    options, outcome = Options(url, data.data, *columns), Outcome()
    prepare(api, options, outcome)
    split = api.create("split_config", scheme="RG", random_seed=42)
    evaluation = api.create("evaluation_config", cutoff=20, target_metric="ndcg")
    return api.create(
        "parameter_tuning_job",
        data=outcome.data_id,
        split=split["id"],
        evaluation=evaluation["id"],
        n_trials=n_trials,
        n_tasks_parallel=2,
        tried_algorithms_json=ALGORITHMS,
    )


def carry_out(
    kills: list[Kill], recotem: Mortal, source: Random, report: Report
) -> None:
    """Kill as planned until the job has ended or stalled."""
    began = moved = time.monotonic()
    done, due, pending = -1, None, list(kills)
    while True:
        time.sleep(0.1)
        recotem.revive()
        now = time.monotonic()
        try:
            status, n_trials = recotem.progress()
        except DATABASE_AWAY:
            continue
        if n_trials != done:
            done, moved = n_trials, now
        report.seconds = now - began
        if status not in OPEN or now - moved > STALLED_SECONDS:
            return
        if pending and due is None and done >= pending[0].n_trials:
            due = now + pending[0].pause
        if due is not None and now >= due and recotem.kill(pending[0].victim, source):
            kill, due = pending.pop(0), None
            report.kills[kill.victim] += 1
            text = f"{now - began:5.1f} s, {done} trials done: {kill.victim}"
            print(f"  {text}", flush=True)


def judge(
    api: PatientManagement, job_id: int, reader: LineReader, report: Report
) -> None:
    """Compare the rows with what must be true, and with the lines that came."""
    job = api.read("parameter_tuning_job", job_id)
    trials = list(api.rows(f"parameter_tuning_job/{job_id}/trials/"))
    rows = list(api.rows("task_log/", tuning_job_id=job_id))[::-1]
    lines = [(row["id"], row["contents"]) for row in rows]
    report.trials = Counter(trial["state"] for trial in trials)
    report.attempts = Counter(link["task"]["status"] for link in job["task_links"])
    report.n_tried_again = sum("is tried again" in text for _, text in lines)
    _await_line(reader, lines[-1][0])
    report.n_lines = len(reader.lines)
    ends = Counter(int(end[1]) for _, text in lines if (end := ENDING.match(text)))
    scores = [trial["score"] for trial in trials if trial["score"] is not None]
    numbers = sorted(trial["number"] for trial in trials)
    expected = list(range(1, job["n_trials"] + 1))
    truths = {
        f"the job is {job['status']} ({job['error']})": job["status"] == "COMPLETED",
        f"{len(trials)} trials": numbers == expected,
        f"ends were told {sorted(ends.items())}": ends == Counter(expected),
        f"best score {job['best_score']}, not {max(scores, default=None)}": (
            job["best_score"] == max(scores, default=None)
        ),
        "there is no model": job["tuned_model"] is not None,
        f"lines differ: {_difference(lines, reader.lines)}": lines == reader.lines,
        "an attempt still lives": report.attempts["STARTED"] == 0,
    }
    report.complaints += [complaint for complaint, holds in truths.items() if not holds]


def _await_line(reader: LineReader, seq: int) -> None:
    deadline = time.monotonic() + 60
    while not reader.lines or reader.lines[-1][0] < seq:
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)


def _difference(rows: list[tuple[int, str]], lines: list[tuple[int, str]]) -> str:
    missing = [row for row in rows if row not in lines]
    doubled = [line for line, n in Counter(lines).items() if n > 1]
    return f"missing {missing}, doubled {doubled}, {len(lines)} of {len(rows)}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mode", choices=[*MODES, "both"], default="both")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--repeat", type=int, default=1, help="each with the next seed")
    options = parser.parse_args(arguments)
    modes = MODES if options.mode == "both" else (options.mode,)
    reports = []
    for mode in modes:
        for seed in range(options.seed, options.seed + options.repeat):
            with tempfile.TemporaryDirectory(prefix="chaos-") as name:
                folder = Path(name)
                data = generated(folder, n_users=4000, n_items=1500)
                found = run(mode, folder, data, seed, options.kills, options.trials)
            reports.append(found)
            print(found.row(), flush=True)
    print(HEAD, *(report.row() for report in reports), sep="\n")
    return 1 if any(report.complaints for report in reports) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # stops what it started
    sys.exit(main(sys.argv[1:]))
