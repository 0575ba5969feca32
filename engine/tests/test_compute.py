"""Work in a child that can be killed at any instant, and what its end looks like."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from recotem_engine.artifact import open_model
from recotem_engine.compute import (
    Compute,
    ComputeCrashed,
    ComputeStopped,
    ComputeTimeout,
)
from recotem_engine.errors import ConfigError, DataError
from recotem_engine.signing import SigningKeys
from recotem_engine.testing import block_pairs

_COLUMNS = {"user": "user", "item": "item", "time": "when"}
_KEYS = "test:" + "ab" * 32
_PATIENCE = 120.0  # seconds; only reached when something is broken


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interaction file as it is uploaded."""
    path = tmp_path_factory.mktemp("upload") / "log.csv"
    rows = [
        f"{user},{item},2024-03-{n % 28 + 1:02}T10:00:00"
        for n, (user, item) in enumerate(block_pairs(seed=1))
    ]
    path.write_text("\n".join(["user,item,when", *rows]))
    return path


@pytest.fixture(scope="module")
def columnar(log: Path) -> str:
    out = str(log.with_name("interactions.parquet"))
    with Compute(threads=1) as compute:
        compute.call("import_interactions", **upload(log, out))
    return out


@pytest.fixture(scope="module")
def compute() -> Iterator[Compute]:
    """One child for all tests that leave it alive."""
    with Compute(threads=1) as child:
        yield child


@pytest.fixture
def doomed() -> Iterator[Compute]:
    """A child that will not survive the test."""
    with Compute(threads=1) as child:
        yield child


def upload(log: Path, out: str) -> dict[str, Any]:
    return {"path": str(log), "name": log.name, "columns": _COLUMNS, "out": out}


def endless(columnar: str, out: Path) -> dict[str, Any]:
    """Arguments of a training that takes much longer than any test."""
    parameters = {"n_components": 256, "train_epochs": 1000, "max_cg_steps": 200}
    return {
        "interactions": columnar,
        "spec": {"algorithm": "IALS", "parameters": parameters},
        "out": str(out),
        "signing_keys": _KEYS,
    }


def is_gone(pid: int) -> bool:
    """Neither running nor left as a zombie of somebody."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_error_of_the_data_arrives_as_itself_and_the_child_lives_on(
    compute: Compute, log: Path, tmp_path: Path
) -> None:
    wrong = upload(log, str(tmp_path / "out")) | {"columns": {"user": "u", "item": "i"}}
    with pytest.raises(DataError) as caught:
        compute.call("import_interactions", **wrong)
    assert caught.value.code == "column_missing"
    assert "'u'" in str(caught.value)
    with pytest.raises(ConfigError):
        compute.call("run_trial", candidate={})
    facts = compute.call("import_interactions", **upload(log, str(tmp_path / "out")))
    assert facts["n_users"] == 120


def test_a_request_of_megabytes_is_answered(compute: Compute, tmp_path: Path) -> None:
    name = "x" * 3_000_000
    with pytest.raises(DataError) as caught:
        compute.call("preview_table", path=str(tmp_path), name=name, n_rows=1)
    assert len(str(caught.value)) > len(name)


def test_an_unknown_operation_is_a_crash_with_a_sentence(compute: Compute) -> None:
    with pytest.raises(ComputeCrashed, match="dance") as caught:
        compute.call("dance")
    assert (caught.value.code, caught.value.returncode) == ("crashed", None)


@pytest.mark.parametrize(
    ("sent", "code", "sentence"),
    [
        (signal.SIGKILL, "out_of_memory", "probably for lack of memory"),
        (signal.SIGSEGV, "crashed", "SIGSEGV"),
        (signal.SIGABRT, "crashed", "SIGABRT"),
    ],
)
def test_a_child_that_dies_in_its_work_is_a_crash(
    doomed: Compute, columnar: str, tmp_path: Path, sent: int, code: str, sentence: str
) -> None:
    def kill(progress: dict[str, Any]) -> None:
        if progress.get("epoch") == 1:
            os.kill(doomed.pid, sent)

    with pytest.raises(ComputeCrashed, match=sentence) as caught:
        doomed.call("train", on_progress=kill, **endless(columnar, tmp_path / "m"))
    assert (caught.value.code, caught.value.returncode) == (code, -sent)
    assert is_gone(doomed.pid)
    if sent == signal.SIGSEGV:
        assert "Fatal Python error" in caught.value.stderr
    with pytest.raises(ComputeCrashed):
        doomed.call("preview_table")


def test_a_reason_to_stop_kills_the_child_at_once(
    doomed: Compute, columnar: str, tmp_path: Path
) -> None:
    epochs: list[int] = []

    def note(progress: dict[str, Any]) -> None:
        epochs.append(progress.get("epoch", 0))

    with pytest.raises(ComputeStopped, match="Cancelled by ada") as caught:
        doomed.call(
            "train",
            on_progress=note,
            should_stop=lambda: (
                "Cancelled by ada." if max(epochs, default=0) > 1 else None
            ),
            **endless(columnar, tmp_path / "m"),
        )
    assert caught.value.reason == "Cancelled by ada."
    assert max(epochs) < 999
    assert is_gone(doomed.pid)
    assert not list(tmp_path.iterdir())


def test_what_takes_too_long_is_killed(
    doomed: Compute, columnar: str, tmp_path: Path
) -> None:
    with pytest.raises(ComputeTimeout, match="longer than"):
        doomed.call("train", timeout=0.5, **endless(columnar, tmp_path / "m"))
    assert is_gone(doomed.pid)


def test_a_callback_that_raises_leaves_no_child_behind(
    doomed: Compute, columnar: str, tmp_path: Path
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="no database"):
        doomed.call("train", on_progress=fail, **endless(columnar, tmp_path / "m"))
    assert is_gone(doomed.pid)


def test_more_memory_than_allowed_is_a_crash_with_a_sentence(
    columnar: str, tmp_path: Path
) -> None:
    arguments = endless(columnar, tmp_path / "m")
    arguments["spec"]["parameters"] = {"n_components": 4096, "train_epochs": 1}
    with (
        Compute(threads=1, memory_limit_bytes=400_000_000) as small,
        pytest.raises(ComputeCrashed, match="memory") as caught,
    ):
        small.call("train", **arguments)
    assert caught.value.code == "out_of_memory"


def test_too_little_memory_to_start_is_a_crash_with_a_sentence(columnar: str) -> None:
    with (
        Compute(threads=1, memory_limit_bytes=30_000_000) as tiny,
        pytest.raises(ComputeCrashed, match="memory") as caught,
    ):
        tiny.call("profile_interactions", path=columnar)
    assert caught.value.code == "out_of_memory"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="Needs /proc.")
def test_nothing_stays_open_after_it_is_closed(columnar: str) -> None:
    def open_files() -> list[str]:
        return sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208

    before = open_files()
    for _ in range(2):
        with Compute(threads=1) as compute:
            compute.call("profile_interactions", path=columnar)
        compute.close()
        assert is_gone(compute.pid)
    assert open_files() == before


def test_the_child_is_gone_when_its_parent_is_killed(
    columnar: str, tmp_path: Path
) -> None:
    program = (
        "import json, sys\n"
        "from recotem_engine.compute import Compute\n"
        "with Compute(threads=1) as compute:\n"
        "    def tell(progress):\n"
        "        print(compute.pid, flush=True)\n"
        "    compute.call('train', on_progress=tell, **json.loads(sys.argv[1]))\n"
    )
    arguments = json.dumps(endless(columnar, tmp_path / "m"))
    with subprocess.Popen(
        [sys.executable, "-c", program, arguments], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not is_gone(pid)
        parent.kill()
    wait_until(lambda: is_gone(pid))


def test_the_child_survives_the_thread_that_started_it(columnar: str) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor() as pool:
        compute = pool.submit(Compute, threads=1).result()
    with compute:
        assert compute.call("profile_interactions", path=columnar)["n_users"] == 120


def test_an_upload_becomes_facts_a_preview_and_a_report(
    compute: Compute, log: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "stored"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    out = str(tmp_path / "interactions.parquet")
    told: list[Any] = []
    arguments = upload(packed, out) | {"name": "my.log.csv.gz"}
    facts = compute.call("import_interactions", on_progress=told.append, **arguments)
    assert facts["n_rows"] == 960
    assert (facts["n_users"], facts["columns"]) == (120, ["user", "item", "when"])
    assert facts["first_time"] == "2024-03-01T10:00:00Z"
    assert facts["last_time"] == "2024-03-28T10:00:00Z"
    assert [event["stage"] for event in told] == ["reading", "writing"]
    shown = compute.call(
        "preview_table", path=str(packed), name="my.log.csv.gz", n_rows=2
    )
    assert shown["columns"] == ["user", "item", "when"]
    assert (len(shown["rows"]), shown["total_rows"]) == (2, 960)
    report = compute.call("profile_interactions", path=out)
    spread = report["interactions_per_user"]
    assert (spread["min"], spread["median"], spread["max"]) == (8, 8, 8)
    assert spread["histogram"][-1] == {"from": 8, "to": 15, "count": 120}
    assert report["density"] == pytest.approx(960 / 120 / report["n_items"])
    popularity = [point["count"] for point in report["item_popularity"]]
    assert popularity == sorted(popularity, reverse=True)
    over_time = report["over_time"]
    assert over_time["points"][0]["date"] == "2024-03-01"
    assert sum(point["count"] for point in over_time["points"]) == 960


def test_a_preview_holds_only_what_json_can_say(
    compute: Compute, tmp_path: Path
) -> None:
    path = tmp_path / "odd.ndjson"
    lines = [{"a": "1e999", "b": [1, None], "c": {"d": "é"}}, {"a": None, "c": None}]
    path.write_text("\n".join(map(json.dumps, lines)))
    shown = compute.call("preview_table", path=str(path), name=path.name, n_rows=9)
    assert shown["rows"] == [["1e999", [1, None], {"d": "é"}], [None, None, None]]


def test_item_metadata_has_its_ids_first(compute: Compute, tmp_path: Path) -> None:
    path, out = tmp_path / "items.csv", tmp_path / "items.parquet"
    path.write_text("title,item\nA pen,7\nAn inkwell,8\n")
    facts = compute.call(
        "import_item_metadata",
        path=str(path),
        name=path.name,
        item_column="item",
        out=str(out),
    )
    assert facts == {"n_rows": 2, "columns": ["item", "title"]}
    shown = compute.call("preview_table", path=str(out), name=out.name, n_rows=1)
    assert shown["rows"] == [["7", "A pen"]]


def test_a_job_runs_from_split_to_signed_model(
    compute: Compute, columnar: str, tmp_path: Path
) -> None:
    split, model = str(tmp_path / "split.npz"), tmp_path / "model.rctm"
    sizes = compute.call(
        "prepare_split",
        interactions=columnar,
        split_spec={"heldout_ratio": 0.2},
        out=split,
    )
    assert sizes["n_test_users"] == 120
    spec = {"n_trials": 8, "evaluation": {"cutoff": 7, "target_metric": "ndcg"}}
    compute.call("open_tuning", split=split, tuning_spec=spec)
    history: list[dict[str, Any]] = []
    for number in range(8):
        candidate = compute.call("suggest", number=number, history=history)
        history.append(compute.call("run_trial", candidate=candidate))
    assert {trial["state"] for trial in history} == {"COMPLETED"}
    best = max(history, key=lambda trial: trial["score"])
    report = compute.call("finish_tuning", best=best)
    floor = report["baseline"]["metrics"]["ndcg"]
    assert report["test"]["metrics"]["ndcg"] > 1.5 * floor
    trained = compute.call(
        "train",
        interactions=columnar,
        spec={"algorithm": best["algorithm"], "parameters": best["parameters"]},
        info={"metrics": report["test"]["metrics"]},
        signing_keys=_KEYS,
        out=str(model),
    )
    assert trained["filesize"] == model.stat().st_size
    opened = open_model(model, SigningKeys.parse(_KEYS))
    assert opened.info.metrics == report["test"]["metrics"]
    assert len(opened.recommender.for_user("u0", 5)) == 5
