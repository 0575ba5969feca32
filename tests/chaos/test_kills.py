"""`kill -9` in the middle of a search costs at most the trial in flight."""

import os
import signal

import pytest
from dataset import Dataset
from main_job import Management, Options, Outcome, finished_job, prepare, start_tuning
from running import Running

from recotem_embedded.testing import PASSWORD, Process, wait_for

N_TRIALS = 12
WORKER = {"embedded": "celery_process worker", "deployed": " worker "}
COMPUTE = "recotem_engine.child"


@pytest.fixture
def options(recotem: Running, dataset: Dataset) -> Options:
    return Options(
        url=recotem.url,
        data=dataset.data,
        user_column=dataset.user_column,
        item_column=dataset.item_column,
        time_column=dataset.time_column,
        password=PASSWORD,
        n_trials=N_TRIALS,
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("victim", ["worker", "compute child"])
def test_a_killed_process_costs_no_trial(
    recotem: Running, options: Options, victim: str, request: pytest.FixtureRequest
) -> None:
    mode = request.node.callspec.params["recotem"]
    outcome = Outcome()
    with Management(options.url, "admin", PASSWORD) as api:
        prepare(api, options, outcome)
        start_tuning(api, options, outcome)
        wait_for("the first trials", lambda: n_done(api, outcome) >= 2, 300)
        kill(recotem, COMPUTE if victim == "compute child" else WORKER[mode])
        if victim == "worker":
            recotem.revive_worker()
        assert n_done(api, outcome) < N_TRIALS, "The job was over before the kill."
        job = finished_job(api, options, outcome)
        assert job["n_trials_done"] == N_TRIALS
        assert job["tuned_model"] is not None


def n_done(api: Management, outcome: Outcome) -> int:
    job = api.read("parameter_tuning_job", outcome.job_id)
    return int(job["n_trials_done"])


def kill(recotem: Running, part: str) -> None:
    def found() -> Process | None:
        return recotem.child(part)

    process = wait_for(f"a process with {part!r}", found)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
