"""`recotem bench` measures with a web process and a database of its own."""

import json
import os
import subprocess
import sys


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "recotem_embedded", "bench", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def test_a_bench_that_does_not_exist_is_refused():
    ran = bench("nothing")
    assert ran.returncode == 2
    assert "nothing" in ran.stderr


def test_events_are_measured_as_a_table_and_as_json():
    ran = bench("events", "--rounds", "1", "--batches", "2", "--clients", "1")
    assert ran.returncode == 0, ran.stderr
    results = json.loads(ran.stdout.splitlines()[-1])
    assert results["events_per_second"] > 0
    assert results["results_ms"] > 0
    assert ran.stdout.startswith("events_before")


def test_lines_reach_all_who_follow_a_job_once_and_in_order():
    ran = bench("sockets", "--clients", "6", "--lines", "8", "--per-second", "4")
    assert ran.returncode == 0, ran.stderr
    results = json.loads(ran.stdout.splitlines()[-1])
    wrong = [results[name] for name in ("missing", "doubled", "out_of_order")]
    assert wrong == [0, 0, 0]
    assert 0 < results["delay_p50_ms"] <= results["delay_p99_ms"]


def test_every_list_is_measured():
    ran = bench("lists", "--rows", "50", "--asks", "1")
    assert ran.returncode == 0, ran.stderr
    results = json.loads(ran.stdout.splitlines()[-1])
    measured = {name.partition(" ")[0] for name in results}
    assert {"trained_model/", "gate_review/", "webhook_delivery/"} <= measured
