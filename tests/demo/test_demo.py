"""`recotem demo` as a newcomer meets it: one command, and everything is alive.

One start serves almost all of the tests; it is slow.
"""

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import journeys
import pytest
from conftest import missing

from recotem_embedded.testing import PASSWORD, EmbeddedRecotem, wait_for

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("demo")]


def printed_account(demo: EmbeddedRecotem) -> tuple[str, str]:
    """Name and password, as the command tells them."""
    signed = re.search(r"Sign in as (\S+) with the password (.+)", demo.said())
    assert signed is not None
    return signed[1], signed[2]


class Api:
    """The management API, signed in with what the command has printed."""

    def __init__(self, demo: EmbeddedRecotem) -> None:
        self.client = httpx.Client(base_url=demo.url, timeout=60, trust_env=False)
        name, password = printed_account(demo)
        body = {"username": name, "password": password}
        token = self.client.post("/api/v1/auth/login/", json=body).json()["access"]
        self.client.cookies.clear()
        self.client.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rows(self, path: str) -> list[dict[str, Any]]:
        return list(self.get(path)["results"])

    def n_events(self) -> int:
        return int(self.get("conversion_event/")["count"])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRecotem]:
    home = tmp_path_factory.mktemp("demo") / "home"
    arguments = ("demo", "--speed", "240")
    with EmbeddedRecotem(home, command=arguments, start_seconds=600) as running:
        yield running


@pytest.fixture
def api(demo: EmbeddedRecotem) -> Iterator[Api]:
    with Api(demo) as api:
        yield api


def test_a_project_with_data_and_pictures(api: Api) -> None:
    [project] = api.rows("project/")
    assert project["name"] == "Simulated shop"
    [data] = api.rows("training_data/")
    assert data["status"] == "READY"
    assert data["n_users"] > 1700
    assert api.get(f"training_data/{data['id']}/profile/")
    [items] = api.rows("item_meta_data/")
    assert {"title", "category", "price", "picture"} <= {
        *items["valid_columns_list_json"]
    }


def test_recommendations_are_shown_with_titles_and_pictures(api: Api) -> None:
    [items] = api.rows("item_meta_data/")
    for model in api.rows("trained_model/"):
        path = f"trained_model/{model['id']}/sample_recommendation_metadata/"
        shown = api.get(f"{path}{items['id']}/")
        for item in json.loads(shown["recommendations"]):
            assert item["title"]
            assert item["picture"].startswith("data:image/svg+xml,")


def test_a_search_that_ended_and_its_models(api: Api) -> None:
    [job] = api.rows("parameter_tuning_job/")
    assert job["status"] == "COMPLETED"
    assert api.get(f"parameter_tuning_job/{job['id']}/trials/")["count"] == 12
    ready = [m for m in api.rows("trained_model/") if m["status"] == "READY"]
    assert len(ready) >= 2
    assert job["tuned_model"] in [model["id"] for model in ready]


def test_two_slots_with_two_models_and_how_they_got_there(api: Api) -> None:
    slots = {slot["name"]: slot for slot in api.rows("deployment_slot/")}
    assert {*slots} == {"Popular", "Personal"}
    assert len({slot["trained_model"] for slot in slots.values()}) == 2
    assert [row["reason"] for row in api.rows("deployment/")] == [
        "auto_deploy",
        "manual",
        "manual",
    ]
    [review] = api.rows("gate_review/")
    assert review["trained_model"] == slots["Personal"]["trained_model"]


def test_a_test_that_has_decided_after_three_weeks(api: Api) -> None:
    [test] = api.rows("ab_test/")
    results = api.get(f"ab_test/{test['id']}/results/")
    assert test["status"] == "RUNNING"
    assert test["ins_datetime"] < test["started_at"]
    assert results["sufficient_data"]
    assert results["verdict"]["state"] == "better"
    assert results["variant_rate"] > results["control_rate"] > 0.1
    assert len(results["days"]) >= 20


def test_retraining_with_a_history(api: Api) -> None:
    [schedule] = api.rows("retraining_schedule/")
    runs = api.rows("retraining_run/")
    assert schedule["is_enabled"]
    assert schedule["next_run_at"]
    assert [run["status"] for run in runs] == ["SKIPPED"] * 3 + ["COMPLETED"]
    assert runs[-1]["deployment_status"] == "DEPLOYED"
    times = [run["ins_datetime"][:10] for run in runs]
    assert times == sorted(set(times), reverse=True)


def test_the_printed_request_is_answered(demo: EmbeddedRecotem) -> None:
    said = demo.said()
    address, key, body = (
        re.search(pattern, said)
        for pattern in (r"-X POST (\S+)", r"X-API-Key: (\S+?)\"", r"-d '(.+)'")
    )
    assert address
    assert key
    assert body
    answer = httpx.post(
        address[1],
        headers={"X-API-Key": key[1]},
        json=json.loads(body[1]),
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["items"]) == 8


def test_what_opens_the_demo_is_its_owners_only(demo: EmbeddedRecotem) -> None:
    mode = (demo.home / "demo.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_every_page_is_full_of_life_in_a_browser(demo: EmbeddedRecotem) -> None:
    if not journeys.chromium():
        missing("SKIPPED: the pages of the demo need Chromium.")
    assert journeys.run_demo(demo, printed_account(demo)) == 0


def test_visitors_keep_coming_and_a_second_start_goes_on(demo: EmbeddedRecotem) -> None:
    with Api(demo) as first:
        before = first.n_events()
        wait_for("more events", lambda: first.n_events() > before)
    demo.restart()
    assert "Filling" not in demo.said()
    assert "Sign in as admin" in demo.said()
    with Api(demo) as second:
        assert len(second.rows("project/")) == 1
        kept = second.n_events()
        assert kept > before
        wait_for("more events after the restart", lambda: second.n_events() > kept)


def refused(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "recotem_embedded", "demo", "--port", "0", *arguments],
        env=EmbeddedRecotem(home).environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("fresh", [[], ["--fresh"]])
def test_a_folder_with_something_else_is_left_alone(
    tmp_path: Path, fresh: list[str]
) -> None:
    (tmp_path / "letters").mkdir()
    assert "not a demo" in refused(tmp_path, *fresh)
    assert [entry.name for entry in tmp_path.iterdir()] == ["letters"]


def test_a_demo_of_something_else_is_not_filled_over(tmp_path: Path) -> None:
    state = {"dataset": "shop", "password": PASSWORD, "opened": "2026-01-01T00:00Z"}
    content = json.dumps({**state, "seed": 1, "project": 1, "key": "rctm_x"})
    (tmp_path / "demo.json").write_text(content)
    said = refused(tmp_path, "--dataset", "ml-100k")
    assert "is filled with shop" in said
    assert (tmp_path / "demo.json").read_text() == content


@pytest.mark.parametrize("speed", ["fast", "-1", "nan"])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, speed: str) -> None:
    said = refused(tmp_path, f"--speed={speed}")
    assert f"not a number of visits: '{speed}'" in said
