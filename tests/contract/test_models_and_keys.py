"""Keys and models made by the backend, at the doors of the inference service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import embedded
from dataset import Dataset, generated
from main_job import Json, Management

from recotem_embedded.testing import PASSWORD, EmbeddedRecotem, wait_for

USER = "user-1"
pytestmark = pytest.mark.xdist_group("contract")


@pytest.fixture(scope="module")
def recotem(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRecotem]:
    with embedded(tmp_path_factory.mktemp("contract")) as running:
        yield running


@pytest.fixture(scope="module")
def api(recotem: EmbeddedRecotem) -> Iterator[Management]:
    with Management(recotem.url, "admin", PASSWORD) as api:
        yield api


@pytest.fixture(scope="module")
def project(api: Management) -> Json:
    return api.create("project", name="Keys", user_column="user", item_column="item")


@pytest.fixture(scope="module")
def data(
    api: Management, project: Json, tmp_path_factory: pytest.TempPathFactory
) -> Json:
    dataset: Dataset = generated(tmp_path_factory.mktemp("data"))
    return api.upload("training_data", project["id"], dataset.data)


@pytest.fixture
def model(api: Management, project: Json, data: Json) -> Json:
    """A trained model that nobody has opened yet."""
    configuration = api.create(
        "model_configuration", project=project["id"], recommender_class_name="TopPop"
    )
    row = api.create(
        "trained_model", configuration=configuration["id"], data_loc=data["id"]
    )
    return api.wait("trained_model", row["id"], ("READY",), ("FAILED",))


def key_of_command(recotem: EmbeddedRecotem, project_id: int) -> str:
    # Without a database of its own, the command works on the folder.
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment["RECOTEM_HOME"] = str(recotem.home)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "recotem_embedded", "create_api_key"),
            *("--project-id", str(project_id), "--name", "by command"),
            *("--scopes", "predict", "--owner", "admin"),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return next(word for word in done.stdout.split() if word.startswith("rctm_"))


def predict(recotem: EmbeddedRecotem, model: Json, key: str) -> httpx.Response:
    return httpx.post(
        f"{recotem.inference_url}/predict/{model['id']}",
        json={"user_id": USER},
        headers={"X-API-Key": key},
        timeout=120,
        trust_env=False,
    )


@pytest.fixture(scope="module")
def key(api: Management, project: Json) -> str:
    row = api.create(
        "api_keys", project=project["id"], name="by API", scopes=["predict"]
    )
    return str(row["key"])


def test_one_changed_character_makes_another_key(
    recotem: EmbeddedRecotem, model: Json, key: str
) -> None:
    other = key[:-1] + ("A" if key[-1] != "A" else "B")
    assert predict(recotem, model, other).status_code == 401


def test_keys_of_both_makers_are_accepted(
    recotem: EmbeddedRecotem, project: Json, model: Json, key: str
) -> None:
    for made in (key, key_of_command(recotem, project["id"])):
        answer = predict(recotem, model, made)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == 10


def test_what_a_slot_shows_becomes_an_impression(
    recotem: EmbeddedRecotem, api: Management, project: Json, model: Json, key: str
) -> None:
    api.send("PATCH", f"project/{project['id']}/", json={"exposure_sampling": 1})
    values = {"project": project["id"], "trained_model": model["id"]}
    slot = api.create("deployment_slot", name="main", **values)

    def answer() -> Json | None:
        """Of the slot, once inference knows of it."""
        found = httpx.post(
            f"{recotem.inference_url}/predict/project/{project['id']}",
            json={"user_id": USER},
            headers={"X-API-Key": key},
            timeout=120,
            trust_env=False,
        )
        return found.json() if found.status_code == 200 else None

    shown = wait_for("an answer", answer)

    def impressions() -> list[Json]:
        query = {"deployment_slot": slot["id"]}
        return list(api.send("GET", "conversion_event/", params=query)["results"])

    [event] = wait_for("an impression", impressions)
    assert event["recommendation_request_id"] == shown["request_id"]
    assert (event["event_type"], event["user_id"]) == ("impression", USER)
    items = [item["item_id"] for item in shown["items"]]
    assert event["metadata_json"] == {"items": items}


def change_one_byte(file: Path, place: float) -> None:
    content = bytearray(file.read_bytes())
    content[int((len(content) - 1) * place)] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("place", [0.0, 0.5, 1.0], ids=["first", "middle", "last"])
def test_a_model_with_one_changed_byte_is_refused_by_both(
    recotem: EmbeddedRecotem, api: Management, model: Json, key: str, place: float
) -> None:
    change_one_byte(recotem.home / "media" / model["file"], place)
    served = predict(recotem, model, key)
    assert served.status_code == 503
    assert served.json()["code"]
    shown = api.answer(
        "GET", f"trained_model/{model['id']}/recommendation/", params={"user_id": USER}
    )
    assert 400 <= shown.status_code < 500, shown.text
    for answer in (served, shown):
        assert "model" in answer.json()["detail"].lower()
