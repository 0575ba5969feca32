"""Small trained models."""

from pathlib import Path

import polars as pl

from recotem.core.storage import local_path
from recotem.datasets.models import TrainingData
from recotem.training.artifact_store import signing_keys
from recotem.training.models import TrainedModel
from recotem_engine.artifact import save_model
from recotem_engine.interactions import Columns, Interactions
from recotem_engine.training import TrainingSpec, model_info, train
from tests.factories import TrainedModelFactory, TrainingDataFactory

N_ITEMS = 8


def interactions(n_users: int = 6) -> Interactions:
    """Everybody takes three items in a row of eight; none of i7 and i8."""
    pairs = [
        {"user": f"u{user}", "item": f"i{(user + step) % N_ITEMS}"}
        for user in range(n_users)
        for step in range(3)
    ]
    return Interactions.from_frame(pl.DataFrame(pairs), Columns("user", "item"))


def write_model(path: Path) -> None:
    spec = TrainingSpec("TopPop")
    path.parent.mkdir(parents=True, exist_ok=True)
    data = interactions()
    recommender = train(data, spec)
    story = model_info(data, spec, metrics={})
    save_model(path, recommender, story, signing_keys())


def trained_model(project: object, **fields: object) -> TrainedModel:
    """A READY model with a file that can be asked."""
    model: TrainedModel = TrainedModelFactory(configuration__project=project, **fields)
    write_model(local_path(model.file))
    return model


def stored_data(project: object) -> TrainingData:
    """Data with a columnar copy, as after an upload."""
    folder = f"training_data/{project.pk}/upload"
    columnar = f"{folder}/derived/interactions.parquet"
    local_path(columnar).parent.mkdir(parents=True)
    interactions().write_columnar(local_path(columnar))
    file = f"{folder}/log.csv"
    local_path(file).write_text("user_id,item_id\n")
    return TrainingDataFactory(
        project=project, file=file, columnar=columnar, basename="log.csv"
    )
