"""The computing child by its wire: JSON lines in, JSON lines out, light to start."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

_COMMAND = [sys.executable, "-m", "recotem_engine.child"]


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def ask(child: subprocess.Popen[bytes], op: str, **args: object) -> dict[str, Any]:
    """Send a request; the first answer."""
    assert child.stdin
    assert child.stdout
    child.stdin.write(json.dumps({"op": op, "args": args}).encode() + b"\n")
    child.stdin.flush()
    answer: dict[str, Any] = json.loads(child.stdout.readline())
    return answer


def test_an_unknown_operation_is_answered_and_the_next_one_works(
    child: subprocess.Popen[bytes],
) -> None:
    for _ in range(2):
        answer = ask(child, "dance")
        assert answer["event"] == "error"
        assert "dance" in answer["message"]


def test_an_operation_without_its_arguments_is_answered(
    child: subprocess.Popen[bytes],
) -> None:
    answer = ask(child, "preview_table")
    assert (answer["event"], answer["kind"]) == ("error", "crash")
    assert "path" in answer["message"]


def test_a_trial_before_the_split_is_opened_is_refused(
    child: subprocess.Popen[bytes],
) -> None:
    answer = ask(child, "run_trial", candidate={})
    assert (answer["kind"], answer["code"]) == ("ConfigError", "no_tuning")


def test_it_ends_with_its_standard_input(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin
    child.stdin.close()
    assert child.wait(60) == 0


def run_in_child(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        input="",
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


def test_what_libraries_print_does_not_reach_the_answers() -> None:
    done = run_in_child(
        "import os\n"
        "from recotem_engine.child import _private_output\n"
        "send = _private_output()\n"
        "print('a progress bar', flush=True)\n"
        "os.write(1, b'native noise')\n"
        "send({'event': 'result'})\n"
    )
    assert done.stdout == '{"event": "result"}\n'
    assert "a progress bar" in done.stderr
    assert "native noise" in done.stderr


@pytest.mark.parametrize("module", ["child", "compute"])
def test_starting_loads_nothing_heavy(module: str) -> None:
    done = run_in_child(
        f"import sys, recotem_engine.{module}\n"
        "heavy = {'numpy', 'scipy', 'polars', 'irspack', 'optuna', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert done.stdout == "[]\n"


def test_trials_load_neither_tables_nor_the_whole_of_irspack() -> None:
    done = run_in_child(
        "import sys\n"
        "import numpy as np\n"
        "from scipy import sparse\n"
        "from recotem_engine.splitting import Split\n"
        "from recotem_engine.tuning import Tuner, TuningSpec, suggest\n"
        "split = Split(sparse.csr_array(np.ones((2, 3), np.float32)),\n"
        "              np.array([0, 1, 3, 1, 0, 3], np.uint8))\n"
        "spec = TuningSpec()\n"
        "for number in range(4):\n"
        "    record = Tuner(spec, split).run(suggest(spec, number, []))\n"
        "    assert record.state == 'COMPLETED', record\n"
        "print(sorted({'polars', 'irspack', 'optuna', 'pandas'} & set(sys.modules)))\n"
    )
    assert done.stdout == "[]\n"
