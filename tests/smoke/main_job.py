"""The main job by HTTP alone, against a running Recotem and any interaction file.

Sign in, create a project, upload, tune, check the tuned model's quality against
popularity, deploy it to a slot, and ask the inference service for every user's items.

    python tests/smoke/main_job.py --url http://127.0.0.1:8000 --password … \
        --data ml-100k.csv.gz --user-column userId --item-column movieId
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any, Self

import httpx
import polars as pl

POLL_SECONDS = 1.0
K = 10
TOLERANCE = 1e-4
N_COMPARED = 25
#: Inference notices changes by itself within seconds; a slow machine gets more.
NOTICED_SECONDS = 120.0

Json = dict[str, Any]


class JobFailedError(Exception):
    """A step did not end as it should; the message says which and how."""


@dataclass(frozen=True)
class Options:
    """What to run, where, and what to expect."""

    url: str
    data: Path
    user_column: str
    item_column: str
    time_column: str | None = None
    items: Path | None = None
    inference_url: str = ""
    username: str = "admin"
    password: str = ""
    n_trials: int = 20
    min_lift: float = 0.4
    patience: float = 1800.0
    say: Callable[[str], None] = print

    @property
    def predictions_at(self) -> str:
        return (self.inference_url or f"{self.url.rstrip('/')}/inference").rstrip("/")


@dataclass
class Outcome:
    """What the job left behind, enough to ask again later."""

    project_id: int = 0
    data_id: int = 0
    job_id: int = 0
    model_id: int = 0
    slot_id: int = 0
    key: str = ""
    lift: float = 0.0
    answers: dict[str, list[Json]] = field(default_factory=dict)


def checked(answer: httpx.Response) -> Any:
    if not answer.is_success:
        request = f"{answer.request.method} {answer.request.url}"
        raise JobFailedError(f"{request} → {answer.status_code}: {answer.text[:500]}")
    return answer.json() if answer.content else {}


class Service:
    """One HTTP service, to be used in a `with` block."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._http = httpx.Client(
            base_url=url, headers=headers, timeout=300, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


class Management(Service):
    """The management API, signed in; the access token is renewed when it ends."""

    def __init__(self, url: str, username: str, password: str) -> None:
        super().__init__(f"{url.rstrip('/')}/api/v1/", {})
        self._person = {"username": username, "password": password}
        self._sign_in()

    def _sign_in(self) -> None:
        body = checked(self._http.post("auth/login/", json=self._person))
        self._http.cookies.clear()  # by token, as a program does
        self._http.headers["Authorization"] = f"Bearer {body['access']}"

    def answer(self, method: str, path: str, **content: Any) -> httpx.Response:
        answer = self._http.request(method, path, **content)
        while answer.status_code == 429:
            time.sleep(float(answer.headers.get("Retry-After", POLL_SECONDS)))
            answer = self._http.request(method, path, **content)
        if answer.status_code == 401:
            self._sign_in()
            answer = self._http.request(method, path, **content)
        return answer

    def send(self, method: str, path: str, **content: Any) -> Any:
        return checked(self.answer(method, path, **content))

    def create(self, resource: str, **fields: Any) -> Json:
        created: Json = self.send("POST", f"{resource}/", json=fields)
        return created

    def read(self, resource: str, row: int) -> Json:
        found: Json = self.send("GET", f"{resource}/{row}/")
        return found

    def upload(self, resource: str, project: int, file: Path) -> Json:
        content = file.read_bytes()
        row = self.send(
            "POST",
            f"{resource}/",
            data={"project": str(project)},
            files={"file": (file.name, content)},
        )
        return self.wait(resource, row["id"], ("READY",), ("FAILED",))

    def wait(
        self,
        resource: str,
        row: int,
        good: Sequence[str],
        bad: Sequence[str],
        *,
        patience: float = 600.0,
        on_look: Callable[[Json], None] = lambda _: None,
    ) -> Json:
        deadline = time.monotonic() + patience
        while True:
            found = self.read(resource, row)
            on_look(found)
            if found["status"] in good:
                return found
            if found["status"] in bad or time.monotonic() > deadline:
                what = f"{resource} {row} is {found['status']}"
                raise JobFailedError(f"{what}: {found.get('error')}")
            time.sleep(POLL_SECONDS)


class Predictions(Service):
    """The inference API with a key; waits when told that it asks too fast."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(f"{url}/", {"X-API-Key": key})

    def ask(self, path: str, **body: Any) -> Any:
        deadline = time.monotonic() + NOTICED_SECONDS
        while True:
            answer = self._http.post(f"predict/{path}", json=body)
            if not _ask_later(answer) or time.monotonic() > deadline:
                return checked(answer)
            time.sleep(float(answer.headers.get("Retry-After", POLL_SECONDS)))


def _ask_later(answer: httpx.Response) -> bool:
    """Too fast, not ready, or a new slot that the service has not noticed yet."""
    if answer.status_code == 404:
        return bool(answer.json().get("code") == "no_active_slot")
    return answer.status_code in (429, 503)


def seen_items(options: Options) -> dict[str, set[str]]:
    """Who has had what, read from the file without the product's own reader."""
    columns = [options.user_column, options.item_column]
    frame = _read(options.data).select(pl.col(columns).cast(pl.String))
    seen: dict[str, set[str]] = {}
    for user, item in frame.iter_rows():
        seen.setdefault(_id(user), set()).add(_id(item))
    return seen


def _read(file: Path) -> pl.DataFrame:
    suffixes = [s for s in file.suffixes if s not in (".gz", ".gzip", ".zst")]
    match suffixes[-1:]:
        case [".parquet"]:
            return pl.read_parquet(file)
        case [".json"]:
            return pl.read_json(file)
        case [".ndjson" | ".jsonl"]:
            return pl.read_ndjson(file)
        case [".tsv"]:
            return pl.read_csv(file, separator="\t", infer_schema=False)
        case _:
            return pl.read_csv(file, infer_schema=False)


def _id(text: str) -> str:
    return text.removesuffix(".0")


def prepare(api: Management, options: Options, outcome: Outcome) -> None:
    project = api.create(
        "project",
        name=f"Smoke {secrets.token_hex(4)}",
        user_column=options.user_column,
        item_column=options.item_column,
        time_column=options.time_column,
    )
    outcome.project_id = project["id"]
    data = api.upload("training_data", project["id"], options.data)
    outcome.data_id = data["id"]
    options.say(
        f"data: {data['n_rows']} rows, {data['n_users']} users, {data['n_items']} items"
    )
    if options.items:
        items = api.upload("item_meta_data", project["id"], options.items)
        options.say(f"items: {items['n_rows']} rows")


def start_tuning(api: Management, options: Options, outcome: Outcome) -> None:
    split = api.create("split_config", scheme="RG", random_seed=42)
    evaluation = api.create("evaluation_config", cutoff=20, target_metric="ndcg")
    job = api.create(
        "parameter_tuning_job",
        data=outcome.data_id,
        split=split["id"],
        evaluation=evaluation["id"],
        n_trials=options.n_trials,
    )
    outcome.job_id = job["id"]


def tune(api: Management, options: Options, outcome: Outcome) -> Json:
    start_tuning(api, options, outcome)
    done = -1

    def show(job: Json) -> None:
        nonlocal done
        if job["n_trials_done"] != done:
            done = job["n_trials_done"]
            options.say(f"{job['status']}: {done} of {options.n_trials} trials")

    return finished_job(api, options, outcome, show)


def finished_job(
    api: Management,
    options: Options,
    outcome: Outcome,
    on_look: Callable[[Json], None] = lambda _: None,
) -> Json:
    job = api.wait(
        "parameter_tuning_job",
        outcome.job_id,
        ("COMPLETED",),
        ("FAILED", "CANCELLED"),
        patience=options.patience,
        on_look=on_look,
    )
    trials = api.send("GET", f"parameter_tuning_job/{job['id']}/trials/")
    n_trials = trials["count"] if isinstance(trials, dict) else len(trials)
    expect(n_trials == options.n_trials, f"{n_trials} trials, not {options.n_trials}")
    outcome.model_id = job["tuned_model"]
    return job


def expect(truth: bool, otherwise: str) -> None:
    if not truth:
        raise JobFailedError(otherwise)


def check_quality(job: Json, options: Options, outcome: Outcome) -> None:
    result = job["result"]
    score = result["test"]["metrics"]["ndcg"]
    floor = result["baseline"]["metrics"]["ndcg"]
    low, high = result["test"]["interval"]
    outcome.lift = score / floor - 1
    options.say(
        f"test NDCG@20 {score:.4f} [{low:.4f}, {high:.4f}], TopPop {floor:.4f}: "
        f"{outcome.lift:+.0%}"
    )
    expect(
        outcome.lift >= options.min_lift,
        f"The tuned model beats popularity by {outcome.lift:.0%}, "
        f"not by {options.min_lift:.0%}.",
    )


def deploy(api: Management, outcome: Outcome) -> None:
    key = api.create(
        "api_keys", project=outcome.project_id, name="smoke", scopes=["predict"]
    )
    outcome.key = key["key"]
    slot = api.create(
        "deployment_slot",
        project=outcome.project_id,
        name="main",
        trained_model=outcome.model_id,
    )
    outcome.slot_id = slot["id"]


def everyone(
    predictions: Predictions, model_id: int, users: Sequence[str]
) -> Iterator[tuple[str, list[Json]]]:
    for some in batched(users, 100):
        body = {"user_ids": list(some), "cutoff": K}
        results = predictions.ask(f"{model_id}/batch", **body)["results"]
        expect(len(results) == len(some), "A batch must answer for each user.")
        yield from ((u, r["items"]) for u, r in zip(some, results, strict=True))


def check_everyone(options: Options, outcome: Outcome) -> None:
    seen = seen_items(options)
    n_items = len(set().union(*seen.values()))
    began = time.monotonic()
    with Predictions(options.predictions_at, outcome.key) as predictions:
        for user, items in everyone(predictions, outcome.model_id, sorted(seen)):
            ids = {str(item["item_id"]) for item in items}
            wanted = min(K, n_items - len(seen[user]))
            expect(len(ids) == len(items) == wanted, f"User {user}: {len(items)}.")
            repeated = ids & seen[user]
            expect(not repeated, f"User {user} has already seen {sorted(repeated)}.")
            if len(outcome.answers) < N_COMPARED:
                outcome.answers[user] = items
    seconds = time.monotonic() - began
    options.say(f"{len(seen)} users, {K} unseen items each, in {seconds:.1f} s")


def check_slot(options: Options, outcome: Outcome) -> None:
    with Predictions(options.predictions_at, outcome.key) as predictions:
        for user, items in outcome.answers.items():
            path = f"project/{outcome.project_id}"
            answer = predictions.ask(path, user_id=user, cutoff=K)
            expect(answer["slot_id"] == outcome.slot_id, "Another slot has answered.")
            agree = same(items, answer["items"])
            expect(agree, f"Slot and model differ for user {user}.")
    options.say(f"slot and model agree for {len(outcome.answers)} users")


def same(first: list[Json], second: list[Json]) -> bool:
    return [i["item_id"] for i in first] == [i["item_id"] for i in second] and all(
        abs(a["score"] - b["score"]) <= TOLERANCE
        for a, b in zip(first, second, strict=True)
    )


def check_again(options: Options, outcome: Outcome) -> None:
    """The same answers as before, from a service that has since been restarted."""
    users = list(outcome.answers)
    with Predictions(options.predictions_at, outcome.key) as predictions:
        for user, items in everyone(predictions, outcome.model_id, users):
            expect(same(outcome.answers[user], items), f"Other items for {user}.")
    check_slot(options, outcome)


def run(options: Options) -> Outcome:
    """All of it. Raises JobFailedError at the first thing that is not as it should."""
    outcome, began = Outcome(), time.monotonic()
    with Management(options.url, options.username, options.password) as api:
        prepare(api, options, outcome)
        check_quality(tune(api, options, outcome), options, outcome)
        deploy(api, outcome)
    check_everyone(options, outcome)
    check_slot(options, outcome)
    options.say(f"model {outcome.model_id}, all in {time.monotonic() - began:.0f} s")
    return outcome


def parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--inference-url", default="", help="default: URL/inference")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--user-column", required=True)
    parser.add_argument("--item-column", required=True)
    parser.add_argument("--time-column")
    parser.add_argument("--items", type=Path)
    parser.add_argument("--username", default="admin")
    parser.add_argument(
        "--password", default=os.environ.get("DEFAULT_ADMIN_PASSWORD", "")
    )
    parser.add_argument("--n-trials", type=int, default=20)
    parser.add_argument("--min-lift", type=float, default=0.4)
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds")
    return Options(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    try:
        run(parse(sys.argv[1:]))
    except (JobFailedError, httpx.HTTPError) as failure:
        sys.exit(f"main job failed: {failure}")
