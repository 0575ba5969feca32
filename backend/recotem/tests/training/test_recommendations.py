import json
from datetime import timedelta

import polars as pl
import pytest

from recotem.core.storage import local_path
from tests.datasets.tables import items
from tests.factories import ItemMetaDataFactory, TrainedModelFactory
from tests.training.models import trained_model

ASKED = (
    "recommendation/?user_id=u1",
    "sample_recommendation_raw/",
    "sample_recommendation_metadata/1/",
)


@pytest.fixture
def model(project):
    return trained_model(project)


@pytest.fixture
def metadata(project):
    row = ItemMetaDataFactory(
        project=project,
        columnar="items.parquet",
        valid_columns_list_json=["title", "price"],
    )
    table = pl.read_csv(items(4)).with_columns(
        price=pl.when(pl.col("item_id") == "i0").then(float("nan")).otherwise("price")
    )
    table.write_parquet(local_path(row.columnar))
    return row


@pytest.mark.parametrize("question", ASKED)
def test_strangers_learn_nothing(question, call_as, model):
    for who in ("stranger", "key_of_other_project"):
        answer = call_as(who, "get", f"trained_model/{model.pk}/{question}")
        assert answer.status_code == 404
    for who in ("anonymous", "key_predict"):
        answer = call_as(who, "get", f"trained_model/{model.pk}/{question}")
        assert answer.status_code in {401, 403}


@pytest.mark.parametrize("cutoff", ["0", "1001", "-3", "ten", "1.5", "9" * 30])
def test_a_cutoff_out_of_range_is_refused(cutoff, call_as, model):
    path = f"trained_model/{model.pk}"
    for question in ("recommendation/?user_id=u1&", "sample_recommendation_raw/?"):
        answer = call_as("owner", "get", f"{path}/{question}cutoff={cutoff}")
        assert answer.status_code == 400
        assert "cutoff" in answer.data
    body = {"item_ids": ["i1"], "cutoff": cutoff}
    posted = call_as(
        "owner", "post", f"{path}/recommend_using_profile_interaction/", body
    )
    assert posted.status_code == 400


def test_a_user_must_be_named_and_known(call_as, model):
    path = f"trained_model/{model.pk}/"
    nobody = call_as("owner", "get", f"{path}recommendation/")
    assert (nobody.status_code, next(iter(nobody.data))) == (400, "user_id")
    for question in ("recommendation", "sample_recommendation_raw"):
        unknown = call_as("owner", "get", f"{path}{question}/?user_id=who")
        assert (unknown.status_code, unknown.data["code"]) == (404, "unknown_user")


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "FAILED"])
def test_a_model_that_is_not_ready_says_so(status, call_as, project):
    model = TrainedModelFactory(configuration__project=project, status=status)
    answer = call_as("owner", "get", f"trained_model/{model.pk}/{ASKED[0]}")
    assert (answer.status_code, answer.data["code"]) == (409, "model_not_ready")


def test_a_file_that_is_gone_is_said_to_be(call_as, project):
    for file in (None, "models/0/nothing.rctm"):
        model = TrainedModelFactory(configuration__project=project, file=file)
        for question in (ASKED[0], "download_file/"):
            answer = call_as("owner", "get", f"trained_model/{model.pk}/{question}")
            assert (answer.status_code, answer.data["code"]) == (404, "file_gone")


@pytest.mark.parametrize("place", [0, 9, 100, -200, -1])
def test_one_changed_byte_anywhere_and_the_model_is_refused(place, call_as, model):
    question = f"trained_model/{model.pk}/{ASKED[0]}"
    assert call_as("owner", "get", question).status_code == 200
    path = local_path(model.file)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    answer = call_as("owner", "get", question)
    assert (answer.status_code, answer.data["code"]) == (409, "artifact_damaged")
    assert answer.data["detail"].endswith(".")


def test_a_model_signed_by_others_is_refused(call_as, model, settings):
    settings.RECOTEM_MODEL_SIGNING_KEYS = f"new:{'ab' * 32}"
    answer = call_as("owner", "get", f"trained_model/{model.pk}/{ASKED[0]}")
    assert (answer.status_code, answer.data["code"]) == (409, "artifact_damaged")


def test_a_user_gets_unseen_items_best_first(call_as, model):
    path = f"trained_model/{model.pk}/recommendation/?user_id=u1&cutoff=1000"
    best = call_as("viewer", "get", path)
    assert best.status_code == 200
    found = [item["item_id"] for item in best.data]
    assert set(found) == {f"i{n}" for n in (0, 4, 5, 6, 7)}
    scores = [item["score"] for item in best.data]
    assert scores == sorted(scores, reverse=True)
    two = call_as("key_read", "get", path.replace("1000", "2"))
    assert two.data == best.data[:2]


def test_a_sample_shows_some_user_or_the_one_that_is_named(call_as, model):
    path = f"trained_model/{model.pk}/sample_recommendation_raw/"
    some = call_as("viewer", "get", path).data
    assert some["user_id"] in {f"u{n}" for n in range(6)}
    assert len(some["user_profile"]) == 3
    named = call_as("viewer", "get", f"{path}?user_id=u2&cutoff=2").data
    assert named["user_id"] == "u2"
    assert set(named["user_profile"]) == {"i2", "i3", "i4"}
    assert len(named["recommendations"]) == 2


def test_a_sample_with_metadata_is_json_text_of_records(call_as, model, metadata):
    path = f"trained_model/{model.pk}/sample_recommendation_metadata/{metadata.pk}/"
    answer = call_as("viewer", "get", f"{path}?user_id=u1&cutoff=1000")
    assert answer.status_code == 200, answer.data
    profile = {row["item_id"]: row for row in json.loads(answer.data["user_profile"])}
    assert profile["i2"] == {"item_id": "i2", "title": "Item 2", "price": 2.5}
    best = {row["item_id"]: row for row in json.loads(answer.data["recommendations"])}
    assert best["i0"]["price"] is None
    assert best["i7"]["title"] is None
    assert all(isinstance(row["score"], float) for row in best.values())


def test_metadata_of_another_project_is_not_found(call_as, model, people):
    for project in (people.other_project, people.strange_project):
        table = ItemMetaDataFactory(project=project)
        path = f"trained_model/{model.pk}/sample_recommendation_metadata/{table.pk}/"
        assert call_as("owner", "get", path).status_code == 404


def test_a_profile_gets_other_items_and_ignores_unknown_ones(call_as, model):
    path = f"trained_model/{model.pk}/recommend_using_profile_interaction/"
    body = {"item_ids": ["i1", "i2", "nothing"], "cutoff": 100}
    answer = call_as("editor", "post", path, body)
    found = {item["item_id"] for item in answer.data["recommendations"]}
    assert found == {f"i{n}" for n in (0, 3, 4, 5, 6, 7)}
    strange = call_as("editor", "post", path, {"item_ids": ["?"], "cutoff": 5})
    assert strange.data == {"recommendations": []}
    assert call_as("editor", "post", path, {"cutoff": 5}).status_code == 400


def test_previews_are_throttled(call_as, model, settings):
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"recommendation": "2/min"}
    path = f"trained_model/{model.pk}/"
    answers = [call_as("owner", "get", f"{path}{ASKED[0]}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert call_as("owner", "get", path).status_code == 200


def test_a_profile_of_things_that_are_no_ids_is_400(call_as, model):
    path = f"trained_model/{model.pk}/recommend_using_profile_interaction/"
    answer = call_as("owner", "post", path, {"item_ids": ["i1", {}], "cutoff": 3})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "item_ids: Not a valid string."


def test_a_viewer_asks_for_a_profile_too(call_as, model):
    path = f"trained_model/{model.pk}/recommend_using_profile_interaction/"
    body = {"item_ids": ["i1"], "cutoff": 3}
    assert call_as("viewer", "post", path, body).status_code == 200


def test_metadata_whose_file_is_lost_is_404(call_as, model, metadata):
    local_path(metadata.columnar).unlink()
    path = f"trained_model/{model.pk}/sample_recommendation_metadata/{metadata.pk}/"
    answer = call_as("owner", "get", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "file_gone")


def test_metadata_of_any_type_is_shown(call_as, model, metadata):
    cells = {"blob": [b"\xff\x00"], "tags": [["a", "b"]], "runs": [timedelta(days=1)]}
    table = pl.DataFrame({"item_id": ["i1"], **cells})
    table.write_parquet(local_path(metadata.columnar))
    path = f"trained_model/{model.pk}/sample_recommendation_metadata/{metadata.pk}/"
    shown = call_as("owner", "get", f"{path}?user_id=u1").json()
    [record] = [r for r in json.loads(shown["user_profile"]) if r["item_id"] == "i1"]
    assert (record["blob"], record["tags"]) == ("ff00", ["a", "b"])
    assert record["runs"] == "1 day, 0:00:00"


@pytest.mark.parametrize(
    "asked",
    [
        "recommendation/?user_id=",
        "recommendation/?user_id=u1&cutoff=",
        "sample_recommendation_raw/?user_id=",
    ],
)
def test_an_empty_parameter_is_refused_and_not_taken_as_none(asked, call_as, project):
    path = f"trained_model/{trained_model(project).pk}/"
    assert call_as("owner", "get", f"{path}{asked}").status_code == 400
