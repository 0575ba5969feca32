"""For each route a row and a body with which who may do it succeeds.

What is not here needs nothing: no body, and any row of its kind.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import polars as pl
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import Model

from recotem.accounts.models import User
from recotem.accounts.services import sign_in
from recotem.core.actor import Actor
from recotem.core.storage import local_path
from recotem.datasets.models import ItemMetaData, TrainingData
from recotem.datasets.services.uploads import (
    upload_item_meta_data,
    upload_training_data,
)
from recotem.deployment.models import DeploymentSlot
from recotem.projects.models import Project
from tests import factories
from tests.api.every_route import ROW_OF, Route
from tests.datasets.tables import items, named, table
from tests.people import PASSWORD
from tests.training.models import trained_model

GOOD = "a fine long one"
NEW_PROJECT = {"name": "books", "user_column": "reader", "item_column": "book"}
NEW_PASSWORD = {"old_password": PASSWORD, "new_password": GOOD}

type Make = Callable[[Project], Model]
type Sent = dict[str, Any]


class Scene(NamedTuple):
    """A row in a project, and a person to whom belongs what belongs to persons."""

    project: Project
    row: Any
    person: User


type Body = Callable[[Scene], Sent]


def _file(content: bytes, name: str) -> TemporaryUploadedFile:
    file = TemporaryUploadedFile(name, "text/csv", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def uploaded_log(project: Project) -> TrainingData:
    return upload_training_data(
        actor=Actor(project.owner), project=project, file=_file(table(), "log.csv")
    )


def uploaded_items(project: Project) -> ItemMetaData:
    return upload_item_meta_data(
        actor=Actor(project.owner), project=project, file=_file(items(), "items.csv")
    )


def readable_items(project: Project) -> Model:
    """A table with the columnar copy that recommendations are shown with."""
    row = factories.ItemMetaDataFactory(project=project, columnar="items.parquet")
    pl.read_csv(items()).write_parquet(local_path(row.columnar))
    return row


def ended_job(project: Project) -> Model:
    return factories.ParameterTuningJobFactory(
        data__project=project, job__status="COMPLETED"
    )


def failed_job(project: Project) -> Model:
    return factories.ParameterTuningJobFactory(
        data__project=project, data__columnar="log.parquet", job__status="FAILED"
    )


def training_of(status: str) -> Make:
    """A model whose training is in this state."""

    def make(project: Project) -> Model:
        return factories.TrainedModelFactory(
            configuration__project=project,
            data_loc__columnar="log.parquet",
            job__status=status,
            status=status,
        )

    return make


def clicked(project: Project) -> Project:
    """A project with an event that can be learned from."""
    factories.ConversionEventFactory(deployment_slot__project=project)
    return project


def arm(project: Project) -> DeploymentSlot:
    """A slot that can serve."""
    return factories.DeploymentSlotFactory(project=project)


def replaced(project: Project) -> Model:
    """A deployment whose model is there, and not served any more."""
    return factories.DeploymentFactory(
        project=project, trained_model=trained_model(project)
    )


def review_that(*, passed: bool) -> Make:
    """One that has ended, of a model that is there."""

    def make(project: Project) -> Model:
        return factories.GateReviewFactory(
            project=project,
            trained_model=trained_model(project),
            job__status="COMPLETED",
            passed=passed,
        )

    return make


def test_in_state(status: str) -> Make:
    def make(project: Project) -> Model:
        return factories.ABTestFactory(project=project, status=status)

    return make


def trainable(project: Project) -> Model:
    """A schedule whose data are there."""
    return factories.RetrainingScheduleFactory(
        project=project, training_data=uploaded_log(project)
    )


def deactivated(_: Project) -> User:
    return factories.UserFactory(is_active=False)


#: Rows that are more than a row: by the end of the path, within a kind.
ROWS: dict[str, Make] = {
    "DELETE parameter_tuning_job/{id}/": ended_job,
    "POST parameter_tuning_job/{id}/retry/": failed_job,
    "POST trained_model/{id}/cancel/": training_of("RUNNING"),
    "POST trained_model/{id}/retry/": training_of("FAILED"),
    "POST project/{id}/events_to_training_data/": clicked,
    "GET trained_model/{id}/": trained_model,
    "POST trained_model/{id}/": trained_model,
    "GET training_data/{id}/": uploaded_log,
    "POST training_data/{id}/": uploaded_log,
    "GET item_meta_data/{id}/": uploaded_items,
    "POST users/{id}/activate/": deactivated,
    "POST deployment/{id}/rollback/": replaced,
    "POST gate_review/{id}/override/": review_that(passed=False),
    "POST gate_review/{id}/deploy/": review_that(passed=True),
    "POST ab_test/{id}/stop/": test_in_state("RUNNING"),
    "POST ab_test/{id}/promote_winner/": test_in_state("COMPLETED"),
    "POST retraining_schedule/{id}/trigger/": trainable,
}


def _log_file(scene: Scene) -> Sent:
    return {"project": scene.project.pk, "file": named(table(), "log.csv")}


def _items_file(scene: Scene) -> Sent:
    return {"project": scene.project.pk, "file": named(items(), "items.csv")}


def _configuration(scene: Scene) -> Sent:
    return {
        "project": scene.project.pk,
        "name": "named",
        "recommender_class_name": "TopPop",
    }


def _new_model(scene: Scene) -> Sent:
    model = factories.TrainedModelFactory(configuration__project=scene.project)
    return _same_model(scene._replace(row=model))


def _same_model(scene: Scene) -> Sent:
    row = scene.row
    return {"configuration": row.configuration_id, "data_loc": row.data_loc_id}


def _new_job(scene: Scene) -> Sent:
    job = factories.ParameterTuningJobFactory(
        data__project=scene.project,
        split__created_by=scene.person,
        evaluation__created_by=scene.person,
    )
    return _same_job(scene._replace(row=job))


def _same_job(scene: Scene) -> Sent:
    row = scene.row
    return {"data": row.data_id, "split": row.split_id, "evaluation": row.evaluation_id}


def _slot(scene: Scene) -> Sent:
    model = factories.TrainedModelFactory(configuration__project=scene.project)
    return {"project": scene.project.pk, "name": "front", "trained_model": model.pk}


def _review(scene: Scene) -> Sent:
    model = factories.TrainedModelFactory(configuration__project=scene.project)
    return {
        "project": scene.project.pk,
        "slot": arm(scene.project).pk,
        "trained_model": model.pk,
    }


def _event(scene: Scene) -> Sent:
    slot = factories.DeploymentSlotFactory(project=scene.project)
    return {
        "project": scene.project.pk,
        "deployment_slot": slot.pk,
        "user_id": "u1",
        "event_type": "click",
    }


def _test(scene: Scene) -> Sent:
    return {
        "project": scene.project.pk,
        "name": "named",
        "control_slot": arm(scene.project).pk,
        "variant_slot": arm(scene.project).pk,
    }


def _key(scene: Scene) -> Sent:
    return {"project": scene.project.pk, "name": "new", "scopes": ["read"]}


def _webhook(scene: Scene) -> Sent:
    return {"project": scene.project.pk, "url": "https://example.org/hook"}


def _member(_: Scene) -> Sent:
    return {"username": factories.UserFactory().username, "role": "viewer"}


def _session(scene: Scene) -> Sent:
    _, tokens = sign_in(name=scene.person.username, password=PASSWORD)
    return {"refresh": tokens.refresh, "token": tokens.access}


def _sign_in(scene: Scene) -> Sent:
    return {"username": scene.person.username, "password": PASSWORD}


def _of(**body: Any) -> Body:
    return lambda _: body


BODIES: dict[str, Body] = {
    "POST project/": _of(**NEW_PROJECT),
    "PUT project/{id}/": _of(**NEW_PROJECT),
    "PATCH project/{id}/": _of(name="renamed"),
    "POST project/{project_id}/members/": _member,
    "PATCH project/{project_id}/members/{id}/": _of(role="editor"),
    "POST training_data/": _log_file,
    "PUT training_data/{id}/": _log_file,
    "PATCH training_data/{id}/": _log_file,
    "POST training_data/{id}/append/": _log_file,
    "POST item_meta_data/": _items_file,
    "PUT item_meta_data/{id}/": _items_file,
    "PATCH item_meta_data/{id}/": _items_file,
    "POST model_configuration/": _configuration,
    "PUT model_configuration/{id}/": _configuration,
    "PATCH model_configuration/{id}/": _of(name="renamed"),
    "POST trained_model/": _new_model,
    "PUT trained_model/{id}/": _same_model,
    "PATCH trained_model/{id}/": _same_model,
    "GET project/{id}/ab_test_plan/": lambda scene: {
        "control_slot": arm(scene.project).pk,
        "variant_slot": arm(scene.project).pk,
    },
    "GET trained_model/{id}/recommendation/": _of(user_id="u1"),
    "POST trained_model/{id}/recommend_using_profile_interaction/": _of(
        item_ids=["i1"], cutoff=5
    ),
    "PATCH split_config/{id}/": _of(name="renamed"),
    "PUT split_config/{id}/": _of(name="renamed"),
    "PATCH evaluation_config/{id}/": _of(name="renamed"),
    "PUT evaluation_config/{id}/": _of(name="renamed"),
    "POST parameter_tuning_job/": _new_job,
    "PUT parameter_tuning_job/{id}/": _same_job,
    "PATCH parameter_tuning_job/{id}/": _of(n_trials=40),
    "POST deployment_slot/": _slot,
    "PUT deployment_slot/{id}/": _slot,
    "PATCH deployment_slot/{id}/": _of(weight=7),
    "PATCH project/{id}/deployment_gate/": _of(largest_loss=0.1),
    "POST gate_review/": _review,
    "POST gate_review/{id}/override/": _of(reason="It knows the new items."),
    "POST ab_test/": _test,
    "PUT ab_test/{id}/": _test,
    "PATCH ab_test/{id}/": _of(name="renamed"),
    "POST ab_test/{id}/promote_winner/": lambda scene: {
        "slot_id": scene.row.control_slot_id
    },
    "POST retraining_schedule/": lambda scene: {"project": scene.project.pk},
    "PUT retraining_schedule/{id}/": lambda scene: {
        "project": scene.project.pk,
        "max_retries": 5,
    },
    "PATCH retraining_schedule/{id}/": _of(max_retries=5),
    "POST webhook/": _webhook,
    "PUT webhook/{id}/": _webhook,
    "PATCH webhook/{id}/": _of(events=["run_completed"]),
    "POST conversion_event/": _event,
    "POST conversion_event/batch/": lambda scene: {"events": [_event(scene)]},
    "POST api_keys/": _key,
    "PATCH api_keys/{id}/": _of(name="renamed"),
    "POST users/": _of(username="nina", password=GOOD),
    "PATCH users/{id}/": _of(first_name="Nina"),
    "POST users/{id}/reset_password/": _of(new_password=GOOD),
    "POST users/change_password/": _of(**NEW_PASSWORD),
    "POST auth/login/": _sign_in,
    "POST auth/token/refresh/": _session,
    "POST auth/token/verify/": _session,
    "POST auth/logout/": _session,
    "POST auth/password/change/": _of(**NEW_PASSWORD),
}


def row_for(route: Route, project: Project) -> Model | None:
    """The row that a request to the route is about."""
    if not route.is_detail:
        return None
    fitting = [name for name in ROWS if str(route).startswith(name)]
    make = ROWS[max(fitting, key=len)] if fitting else ROW_OF[route.kind]
    return make(project)


def path_of(route: Route, row: Model | None, project: Project) -> str:
    return route.path(row, project, {**ROW_OF, "item_meta_data": readable_items})


def body_for(route: Route, scene: Scene) -> Sent | None:
    make = BODIES.get(str(route))
    return make(scene) if make else None
