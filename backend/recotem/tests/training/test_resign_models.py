from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recotem.core.models import Revision
from recotem.core.storage import local_path
from recotem.training.models import TrainedModel
from recotem_engine.artifact import signing_key_of
from tests.factories import JobFactory
from tests.training.models import trained_model

OLD, NEW = "old:" + "ab" * 32, "new:" + "cd" * 32


def run(*options: str) -> str:
    out = StringIO()
    call_command("resign_models", *options, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def model(project, settings) -> TrainedModel:
    settings.RECOTEM_MODEL_SIGNING_KEYS = OLD
    model = trained_model(project, job=JobFactory(status="COMPLETED"))
    settings.RECOTEM_MODEL_SIGNING_KEYS = f"{NEW},{OLD}"
    return model


@pytest.fixture
def recommended(call_as, model):
    def ask():
        answer = call_as(
            "owner", "get", f"trained_model/{model.pk}/recommendation/?user_id=u1"
        )
        return answer.status_code, answer.json()

    return ask


def signed_by(model: TrainedModel) -> str:
    model.refresh_from_db()
    return signing_key_of(local_path(str(model.file)))


def test_a_dry_run_tells_and_changes_nothing(model):
    assert f"Model {model.pk}: old → new" in run("--dry-run")
    assert signed_by(model) == "old"


def test_the_old_key_can_go_after_signing_anew(
    model, recommended, settings, django_capture_on_commit_callbacks
):
    before, old = recommended(), local_path(str(model.file))
    assert before[0] == 200
    Revision.objects.create(name="serving", value=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 models signed anew." in run()
    settings.RECOTEM_MODEL_SIGNING_KEYS = NEW
    assert recommended() == before
    assert signed_by(model) == "new"
    assert not old.exists()
    assert Revision.objects.get(name="serving").value == 2
    assert "0 models signed anew." in run()


def test_a_file_of_an_unknown_key_is_named_and_kept(model, settings):
    settings.RECOTEM_MODEL_SIGNING_KEYS = NEW
    with pytest.raises(CommandError, match="1 models could not be read"):
        run()
    assert signed_by(model) == "old"


def test_files_of_the_time_before_there_were_keys_need_to_be_asked_for(
    project, settings
):
    settings.RECOTEM_MODEL_SIGNING_KEYS = ""
    model = trained_model(project)
    settings.RECOTEM_MODEL_SIGNING_KEYS = NEW
    with pytest.raises(CommandError):
        run()
    assert signed_by(model) == "derived"
    run("--from-secret-key")
    assert signed_by(model) == "new"


def test_a_model_whose_file_is_lost_does_not_stop_the_others(model, project, settings):
    settings.RECOTEM_MODEL_SIGNING_KEYS = OLD
    lost = trained_model(project)
    settings.RECOTEM_MODEL_SIGNING_KEYS = f"{NEW},{OLD}"
    local_path(lost.file).unlink()
    with pytest.raises(CommandError):
        run()
    assert signed_by(model) == "new"
