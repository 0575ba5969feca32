"""Two worker hosts, one of them cut off for a minute in the middle of a search.

    make test-partition

A program prints what happened: `python tests/chaos/partition.py ["black hole"]`. The
hosts are network namespaces; web, beat, PostgreSQL and Redis stay on this one, and
all share a folder of files. Leases are as long as they are by default.
"""

import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from chaos import ALGORITHMS
from dataset import Dataset, generated
from deployed import QUEUES, DeployedRecotem
from hosts import CUTS, Network, NoHostsError
from main_job import Json, Management, Options, Outcome, prepare
from psycopg.rows import namedtuple_row
from services import Server, ServiceMissingError, postgres, redis

from recotem_embedded.testing import PASSWORD, processes_below, wait_for

CUT_SECONDS = 60.0
N_TRIALS = 40
WORKERS = ("worker-1", "worker-2")
CUT_OFF = "worker-2"
PATIENCE = 1200.0
ATTEMPTS = """
    SELECT id, split_part(worker, '@', 1) AS worker, status, traceback, date_created,
        date_done
    FROM jobs_jobattempt ORDER BY id
"""
TRIALS = """
    SELECT number, state, score, attempt_id, tuning_job_id, ended_at
    FROM tuning_trial ORDER BY number
"""


class TwoHosts(DeployedRecotem):
    """Each worker on a host of its own, which searches one thing at a time."""

    def __init__(
        self, folder: Path, network: Network, database: Server, broker: Server
    ) -> None:
        urls = {"database_url": database.url, "redis_url": broker.url}
        super().__init__(folder, {"RECOTEM_TUNING_SLOTS": "1"}, **urls)
        self.hosts = {name: network.host() for name in WORKERS}

    def commands(self) -> dict[str, list[str]]:
        usual = super().commands()
        worker = ["celery", "-A", "recotem", "worker", "--loglevel=INFO", "-Q", QUEUES]
        workers = {name: [*worker, "-n", f"{name}@%h"] for name in WORKERS}
        return {"web": usual["web"], "beat": usual["beat"], **workers}

    def command_line(self, name: str) -> list[str]:
        host = self.hosts.get(name)
        there = ["ip", "netns", "exec", host] if host else []
        return [*there, *super().command_line(name)]

    def rows(self, query: str) -> list[Any]:
        url = self.environment["DATABASE_URL"]
        with psycopg.connect(url, row_factory=namedtuple_row) as connection:
            return connection.execute(query).fetchall()

    def computes(self, name: str) -> bool:
        below = processes_below(self.processes[name].pid)
        return any("recotem_engine.child" in each.command for each in below)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


@dataclass
class Report:
    """What became of the job, and of the attempt that was cut off.

    in_hand: the trial that the cut off worker was at. gave_up_after: seconds from the
    cut until it computed no more. back_after: seconds from the end of the cut until it
    worked again.
    """

    status: str
    states: list[str]
    best: float
    best_of_rows: float
    in_hand: int
    ended_by: str
    lost: Any
    said: list[str]
    gave_up_after: float
    back_after: float

    def __str__(self) -> str:
        return (
            f"The job is {self.status} with {len(self.states)} trials, the best "
            f"{self.best:.4f}.\n{CUT_OFF} was cut off at trial {self.in_hand}, which "
            f"{self.ended_by} told.\nIts attempt: {self.lost.status}, "
            f"{self.lost.traceback}\nIt computed no more after "
            f"{self.gave_up_after:.0f} s, and worked again {self.back_after:.0f} s "
            "after the cut. It said:\n  " + "\n  ".join(self.said)
        )


def run(folder: Path, cut: str) -> Report:
    """One of CUTS. Raises NoHostsError, ServiceMissingError where it cannot be done."""
    with ExitStack() as stack:
        network = stack.enter_context(Network())
        database = stack.enter_context(postgres(network.address, durable=True))
        broker = stack.enter_context(redis(network.address))
        recotem = TwoHosts(folder, network, database, broker)
        stack.enter_context(recotem)
        try:
            data = generated(folder, n_users=4000, n_items=1500)
            return _run(recotem, network, data, cut)
        except BaseException:
            print(recotem.logs())
            raise


def _run(recotem: TwoHosts, network: Network, data: Dataset, how: str) -> Report:
    with Management(recotem.url, "admin", PASSWORD) as api:
        job = start_job(api, recotem.url, data)
        attempt, number = wait_for(
            "a trial of the second host", lambda: _in_hand(recotem), PATIENCE
        )
        network.cut(recotem.hosts[CUT_OFF], how)
        cut = time.monotonic()
        wait_for(
            "the end of what cannot be told",
            lambda: not recotem.computes(CUT_OFF),
            CUT_SECONDS,
        )
        gave_up_after = time.monotonic() - cut
        time.sleep(max(0.0, cut + CUT_SECONDS - time.monotonic()))
        mended, mended_at = time.monotonic(), datetime.now().astimezone()
        network.mend(recotem.hosts[CUT_OFF])
        again = start_job(api, recotem.url, data)
        wait_for("it to be back", lambda: _back(recotem, mended_at), PATIENCE)
        back_after = time.monotonic() - mended
        job, _ = (finished(api, each["id"]) for each in (job, again))
    trials = [t for t in recotem.rows(TRIALS) if t.tuning_job_id == job["id"]]
    attempts = {each.id: each for each in recotem.rows(ATTEMPTS)}
    ended_by = next(t.attempt_id for t in trials if t.number == number)
    said = [
        line for line in recotem.log(CUT_OFF).splitlines() if "lets its job" in line
    ]
    return Report(
        status=job["status"],
        states=[trial.state for trial in trials],
        best=job["best_score"],
        best_of_rows=max(trial.score or 0.0 for trial in trials),
        in_hand=number,
        ended_by=attempts[ended_by].worker,
        lost=attempts[attempt],
        said=said,
        gave_up_after=gave_up_after,
        back_after=back_after,
    )


def start_job(api: Management, url: str, data: Dataset) -> Json:
    columns = (data.user_column, data.item_column, data.time_column)
    outcome = Outcome()
    prepare(api, Options(url, data.data, *columns), outcome)
    return api.create(
        "parameter_tuning_job",
        data=outcome.data_id,
        split=api.create("split_config")["id"],
        evaluation=api.create("evaluation_config")["id"],
        n_trials=N_TRIALS,
        n_tasks_parallel=len(WORKERS),
        tried_algorithms_json=ALGORITHMS,
    )


def finished(api: Management, job_id: int) -> Json:
    """Raises JobFailedError when it ends otherwise."""
    good, bad = ("COMPLETED",), ("FAILED", "CANCELLED")
    return api.wait("parameter_tuning_job", job_id, good, bad, patience=PATIENCE)


def _in_hand(recotem: TwoHosts) -> tuple[int, int] | None:
    """Attempt and trial of the second host, once it has told some."""
    attempts = {a.id for a in recotem.rows(ATTEMPTS) if a.worker == CUT_OFF}
    trials = [t for t in recotem.rows(TRIALS) if t.attempt_id in attempts]
    running = [t for t in trials if t.state == "RUNNING"]
    if len(trials) < 4 or not running:
        return None
    return running[0].attempt_id, running[0].number


def _back(recotem: TwoHosts, since: datetime) -> bool:
    attempts = [a for a in recotem.rows(ATTEMPTS) if a.worker == CUT_OFF]
    new = {each.id for each in attempts if each.date_created > since}
    return any(t.attempt_id in new and t.ended_at for t in recotem.rows(TRIALS))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # stops what it started
    try:
        for cut in sys.argv[1:] or CUTS:
            with tempfile.TemporaryDirectory(prefix="partition-") as name:
                print(f"{cut}: {run(Path(name), cut)}")
    except (NoHostsError, ServiceMissingError) as missing:
        sys.exit(
            f"{'FAILED' if os.environ.get('CI') == 'true' else 'SKIPPED'}: {missing}"
        )
