"""Random cancels and failures of jobs, after which every file belongs to a row.

    make test-orphans ARGUMENTS="--rounds 100 --seed 1"
    scripts/with-services make test-orphans ARGUMENTS="--mode deployed"

Each round starts a job of some kind and ends it in some way at some moment, and checks
that a cancel leaves no computing process. At the end the files of the storage are
compared with the rows that the API lists.
"""

import argparse
import os
import secrets
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from conftest import deployed, embedded
from dataset import Dataset, generated
from main_job import Management
from running import Running

from recotem_embedded.testing import PASSWORD, is_alive, wait_for

COMPUTE = "recotem_engine.child"
KINDS = ("training_data", "item_meta_data", "models")
#: How soon a cancel has to end what computes.
CANCEL_SECONDS = 3.0
#: From an instant to hours: cancels meet each step of a job.
TRAINED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("TopPop", {}),
    ("IALS", {"train_epochs": 100}),
    (
        "IALS",
        {"n_components": 4096, "solver_type": "CHOLESKY", "loss_type": "ORIGINAL"},
    ),
)
ENDED = ("READY", "COMPLETED", "FAILED", "CANCELLED")

type Json = dict[str, Any]


class Storm:
    """Jobs of one project, and what became of them."""

    def __init__(self, recotem: Running, media: Path, api: Management) -> None:
        self.recotem, self.media, self.api = recotem, media, api
        self.happened: Counter[str] = Counter()
        self.cancel_seconds: list[float] = []
        self.worker_mb: list[int] = []

    def prepare(self, data: Dataset) -> None:
        columns = {"user_column": data.user_column, "item_column": data.item_column}
        project = self.api.create("project", name=secrets.token_hex(4), **columns)
        self.project = project["id"]
        self.data = self.api.upload("training_data", self.project, data.data)["id"]
        self.split = self.api.create("split_config", n_heldout=1)["id"]
        self.evaluation = self.api.create("evaluation_config", cutoff=10)["id"]
        champion, self.candidate = (self.ready_model(epochs) for epochs in (1, 100))
        slot = {"name": "front", "trained_model": champion, "project": self.project}
        self.slot = self.api.create("deployment_slot", **slot)["id"]

    def ready_model(self, epochs: int) -> int:
        """One that a review can fit again, sooner or later."""
        path = self.train_with("IALS", {"n_components": 256, "train_epochs": epochs})
        wait_for("a model", lambda: self.api.send("GET", path)["file"], 300)
        return int(path.split("/")[1])

    def round(self, source: Random) -> None:
        """One job, ended in one way."""
        act = source.choice(
            (self.cancel, self.cancel, self.kill, self.retry, self.delete, self.fail)
        )
        name = act(source)
        self.happened[name] += 1
        self.worker_mb.append(self.worker_memory())

    def cancel(self, source: Random) -> str:
        path = self.start(source)
        time.sleep(source.uniform(0, 6))
        self.stop(path)
        return f"cancel {path.split('/')[0]}"

    def kill(self, source: Random) -> str:
        """A computing child dies; another attempt takes over, and is cancelled."""
        path = self.start(source)
        time.sleep(source.uniform(0, 4))
        if child := self.child():
            os.kill(child, signal.SIGKILL)
        time.sleep(source.uniform(0, 4))
        self.stop(path)
        return f"kill child of {path.split('/')[0]}"

    def retry(self, source: Random) -> str:
        """Taken up again, perhaps before its process has noticed the cancel."""
        path = self.start(source)
        time.sleep(source.uniform(0, 4))
        self.stop(path, wait=source.random() < 0.5)
        # a review is not taken up again: one asks anew
        if self.api.answer("POST", f"{path}retry/").is_success:
            time.sleep(source.uniform(0, 4))
            self.stop(path)
        return f"retry {path.split('/')[0]}"

    def delete(self, source: Random) -> str:
        """The model goes while it is trained, and its training with it."""
        path = self.train(source)
        time.sleep(source.uniform(0, 6))
        self.api.send("DELETE", path)
        wait_for("the end of the training", lambda: self.child() is None)
        return "delete trained_model"

    def fail(self, source: Random) -> str:
        """A job without the memory or the time that it needs, or a broken upload."""
        how = source.choice(("memory", "time", "upload"))
        if how == "upload":
            broken = {"file": ("log.csv.gz", source.randbytes(5000))}
            where = {"project": str(self.project)}
            answer = self.api.answer("POST", "training_data/", data=where, files=broken)
            assert answer.status_code == 400, answer.text
        else:
            limit = {"memory": {"memory_budget": 100}, "time": {"timeout_overall": 1}}
            path = self.tune(**limit[how])
            wait_for("its end", lambda: self.api.send("GET", path)["status"] in ENDED)
        return f"too little {how}" if how != "upload" else "broken upload"

    def start(self, source: Random) -> str:
        return source.choice((self.train, self.tune_long, self.review))(source)

    def tune_long(self, _: Random) -> str:
        return self.tune(n_trials=40)

    def review(self, _: Random) -> str:
        asked = {"slot": self.slot, "trained_model": self.candidate}
        review = self.api.create("gate_review", project=self.project, **asked)
        return f"gate_review/{review['id']}/"

    def train(self, source: Random) -> str:
        return self.train_with(*source.choice(TRAINED))

    def train_with(self, name: str, parameters: dict[str, Any]) -> str:
        configuration = self.api.create(
            "model_configuration",
            project=self.project,
            recommender_class_name=name,
            parameters_json=parameters,
        )
        model = self.api.create(
            "trained_model", configuration=configuration["id"], data_loc=self.data
        )
        return f"trained_model/{model['id']}/"

    def tune(self, **values: Any) -> str:
        way = {"split": self.split, "evaluation": self.evaluation, "data": self.data}
        job = self.api.create(
            "parameter_tuning_job", **way, tried_algorithms_json=["IALS"], **values
        )
        return f"parameter_tuning_job/{job['id']}/"

    def stop(self, path: str, *, wait: bool = True) -> None:
        """Cancel, unless it has ended; note how soon its process was gone."""
        child, began = self.child(), time.monotonic()
        answer = self.api.answer("POST", f"{path}cancel/")
        if not answer.is_success:
            assert answer.json()["code"] == "job_ended", answer.text
        elif wait:
            wait_for("the end of a cancelled job", lambda: self.child() is None)
            if child:
                self.cancel_seconds.append(time.monotonic() - began)

    def child(self) -> int | None:
        found = self.recotem.child(COMPUTE)
        return found.pid if found and is_alive(found.pid) else None

    def worker_memory(self) -> int:
        """Resident MB of the worker itself, without what computes."""
        worker = self.recotem.child(" worker")
        command = ["ps", "-o", "rss=", "-p", str(worker.pid if worker else 0)]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        return int(shown.stdout.strip() or 0) // 1024

    def settle(self) -> None:
        """Until no job is open and nobody computes."""

        def is_quiet() -> bool:
            kinds = ("trained_model", "parameter_tuning_job", "gate_review")
            rows = [row for kind in kinds for row in self.rows(kind)]
            return all(row["status"] in ENDED for row in rows) and not self.child()

        wait_for("all jobs to end", is_quiet, 600)
        wait_for("scratch files to go", lambda: not self.scratch(), 60)

    def rows(self, resource: str) -> list[Json]:
        path, found = f"{resource}/?page_size=100", []
        while path:
            page = self.api.send("GET", path)
            found += page["results"]
            path = (page["next"] or "").partition("/api/v1/")[2]
        return found

    def scratch(self) -> list[str]:
        """Files of drafts and of searches, which nobody needs any more."""
        places = [self.media / "drafts", self.media / "work"]
        return [str(path) for place in places for path in place.rglob("*")]

    def orphans(self) -> list[str]:
        """What lies in the storage and is no row's, and what rows name and is gone."""
        named = {row["file"] for row in self.rows("trained_model") if row["file"]}
        tables = [*self.rows("training_data"), *self.rows("item_meta_data")]
        named |= {str(Path(row["file"]).parent) for row in tables if row["file"]}
        kept = [path for kind in KINDS for path in self.media.glob(f"{kind}/*/*")]
        return sorted({str(path.relative_to(self.media)) for path in kept} ^ named)

    def unready(self) -> list[int]:
        """Models with a file that are not READY, or READY ones without."""
        models = self.rows("trained_model")
        return [m["id"] for m in models if bool(m["file"]) != (m["status"] == "READY")]


def run(
    recotem: Running, media: Path, data: Dataset, rounds: int, seed: int
) -> "Storm":
    """The storm, when it is over."""
    with Management(recotem.url, "admin", PASSWORD) as api:
        storm = Storm(recotem, media, api)
        storm.prepare(data)
        for number in range(rounds):
            storm.round(Random(seed * 1_000_003 + number))
        storm.settle()
        assert storm.orphans() == []
        assert storm.unready() == []
    return storm


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("embedded", "deployed"), default="embedded")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recotem-orphans-") as name:
        folder = Path(name)
        start = embedded if chosen.mode == "embedded" else deployed
        with start(folder) as recotem:
            data, media = generated(folder), media_of(folder, chosen.mode)
            storm = run(recotem, media, data, chosen.rounds, chosen.seed)
    for name, number in sorted(storm.happened.items()):
        print(f"{number:4d}  {name}")
    seconds = sorted(storm.cancel_seconds)
    middle, longest = seconds[len(seconds) // 2], seconds[-1]
    print(f"{chosen.rounds} rounds, seed {chosen.seed}: no file without a row")
    print(f"{len(seconds)} cancels ended a process, the middle one in {middle:.2f} s,")
    print(f"the slowest in {longest:.2f} s")
    print(f"worker: {storm.worker_mb[0]} MB at first, {storm.worker_mb[-1]} MB at last")
    assert longest <= CANCEL_SECONDS, "A cancel took too long."


def media_of(folder: Path, mode: str) -> Path:
    return folder / "home" / "media" if mode == "embedded" else folder / "media"


if __name__ == "__main__":
    main()
