"""What a computing child can do, by name: JSON in, JSON out, files on the way.

Each operation imports what it needs when it is called, so that a child starts at once
and one that reads a table never loads what only training needs.
"""
# ruff: noqa: PLC0415

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recotem_engine.trials import TuningSpec
    from recotem_engine.tuning import Tuner
    from recotem_engine.types import JsonObject

type Record = dict[str, Any]


class Session:
    """What a child keeps between operations, and where it reports progress."""

    def __init__(self, progress: "Callable[[JsonObject], None]") -> None:
        self.progress = progress
        self._tuning: tuple[TuningSpec, Tuner] | None = None

    def open_tuning(self, spec: "TuningSpec", tuner: "Tuner") -> None:
        self._tuning = spec, tuner

    @property
    def tuning(self) -> "tuple[TuningSpec, Tuner]":
        if self._tuning is None:
            from recotem_engine.errors import ConfigError

            raise ConfigError("no_tuning", "Call open_tuning first.")
        return self._tuning


def import_interactions(  # noqa: PLR0913 — the fields of one message
    session: Session,
    *,
    path: str,
    name: str,
    columns: Record,
    out: str,
    onto: str | None = None,
    limits: Record | None = None,
) -> "JsonObject":
    """Check an interaction log and write its columnar copy to `out`.

    onto: a columnar copy that the log is appended to; `out` and the facts are then
    those of both.
    """
    from recotem_engine.data_report import time_span
    from recotem_engine.interactions import Columns, Interactions
    from recotem_engine.tables import ReadLimits

    session.progress({"stage": "reading"})
    wanted = Columns(**columns)
    interactions = Interactions.read(
        Path(path), wanted, name=name, limits=ReadLimits(**limits or {})
    )
    if onto:
        session.progress({"stage": "joining"})
        interactions = Interactions.read_columnar(Path(onto)).joined(interactions)
    session.progress({"stage": "writing"})
    interactions.write_columnar(Path(out))
    return {
        "n_rows": interactions.n_events,
        "n_users": interactions.n_users,
        "n_items": interactions.n_items,
        "fingerprint": interactions.fingerprint(),
        "columns": [c for c in (wanted.user, wanted.item, wanted.time) if c],
        **time_span(interactions.times),
    }


def import_item_metadata(
    session: Session,
    *,
    path: str,
    name: str,
    item_column: str,
    out: str,
    limits: Record | None = None,
) -> "JsonObject":
    """Check an item table and write its columnar copy, item ids first, to `out`."""
    from recotem_engine.tables import ReadLimits, id_column, read_table

    session.progress({"stage": "reading"})
    table = read_table(Path(path), name=name, limits=ReadLimits(**limits or {}))
    ids = id_column(table, item_column)
    others = table.drop(item_column)
    session.progress({"stage": "writing"})
    others.insert_column(0, ids.alias(item_column)).write_parquet(Path(out))
    return {"n_rows": table.height, "columns": [item_column, *others.columns[1:]]}


def preview_table(
    session: Session,
    *,
    path: str,
    name: str,
    n_rows: int,
    limits: Record | None = None,
) -> "JsonObject":
    """The first rows as JSON values, and how many rows there are."""
    from recotem_engine.json_values import json_value
    from recotem_engine.tables import ReadLimits, read_table

    table = read_table(Path(path), name=name, limits=ReadLimits(**limits or {}))
    rows = table.head(n_rows).rows()
    return {
        "columns": list(table.columns),
        "rows": [[json_value(cell) for cell in row] for row in rows],
        "total_rows": table.height,
    }


def profile_interactions(session: Session, *, path: str) -> "JsonObject":
    """The data report of a columnar copy."""
    from recotem_engine.data_report import data_report
    from recotem_engine.interactions import Interactions

    return data_report(Interactions.read_columnar(Path(path)))


def prepare_split(
    session: Session, *, interactions: str, split_spec: Record, out: str
) -> "JsonObject":
    """Split a columnar copy once, for all trials and workers, into the file `out`."""
    from recotem_engine.interactions import Interactions
    from recotem_engine.splitting import SplitSpec, split

    spec = SplitSpec.from_json(split_spec)
    session.progress({"stage": "splitting"})
    result = split(Interactions.read_columnar(Path(interactions)), spec)
    result.save(out)
    return {
        "n_users": result.n_users,
        "n_items": result.n_items,
        "n_train": int(result.train.nnz),
        "n_validation_users": len(result.validation.users),
        "n_test_users": len(result.test.users),
    }


def open_tuning(session: Session, *, split: str, tuning_spec: Record) -> "JsonObject":
    """Load a prepared split; the trials that follow run on it."""
    from recotem_engine.splitting import Split
    from recotem_engine.trials import TuningSpec
    from recotem_engine.tuning import Tuner

    spec = TuningSpec.from_json(tuning_spec)
    loaded = Split.load(split)
    session.open_tuning(spec, Tuner(spec, loaded))
    return {"n_users": loaded.n_users, "n_items": loaded.n_items}


def suggest(session: Session, *, number: int, history: list[Record]) -> "JsonObject":
    """What trial `number` is to try, as a candidate for run_trial."""
    from recotem_engine import funnel
    from recotem_engine.trials import TrialRecord

    spec, _ = session.tuning
    trials = [TrialRecord.from_json(record) for record in history]
    return funnel.suggest(spec, number, trials).to_json()


def run_trial(session: Session, *, candidate: Record) -> "JsonObject":
    """The record of one trial, also if it failed."""
    from recotem_engine.trials import Candidate

    _, tuner = session.tuning
    tried = Candidate.from_json(candidate)
    return tuner.run(tried, on_progress=session.progress).to_json()


def finish_tuning(session: Session, *, best: Record) -> "JsonObject":
    """The test report of the best trial."""
    from recotem_engine.trials import TrialRecord

    _, tuner = session.tuning
    record = TrialRecord.from_json(best)
    return tuner.finish(record, on_progress=session.progress).to_json()


def train(  # noqa: PLR0913 — the fields of one message
    session: Session,
    *,
    interactions: str,
    spec: Record,
    out: str,
    signing_keys: str,
    secret_key: str = "",
    info: Record | None = None,
) -> "JsonObject":
    """Train on a columnar copy and write the signed model file `out`.

    signing_keys, secret_key: see `SigningKeys.from_settings`. info: `metrics` of the
    tuning, to be told by the model file.
    """
    from recotem_engine.artifact import save_model
    from recotem_engine.interactions import Interactions
    from recotem_engine.signing import SigningKeys
    from recotem_engine.training import TrainingSpec, model_info
    from recotem_engine.training import train as fit

    started = time.perf_counter()
    keys = SigningKeys.from_settings(signing_keys, secret_key)
    training_spec = TrainingSpec.from_json(spec)
    session.progress({"stage": "reading"})
    data = Interactions.read_columnar(Path(interactions))
    recommender = fit(data, training_spec, on_progress=session.progress)
    session.progress({"stage": "writing"})
    story = model_info(data, training_spec, metrics=(info or {}).get("metrics", {}))
    save_model(Path(out), recommender, story, keys)
    return {
        "n_users": data.n_users,
        "n_items": data.n_items,
        "filesize": Path(out).stat().st_size,
        "seconds": time.perf_counter() - started,
        "versions": dict(story.versions),
    }


def compare(  # noqa: PLR0913 — the fields of one message
    session: Session,
    *,
    candidate: Record,
    champion: Record,
    metric: str,
    cutoff: int,
    seed: int = 42,
    holdout: Record | None = None,
) -> "JsonObject":
    """The `Comparison` of two models by what they were made of, for `gate.judge`.

    candidate, champion: {"interactions": columnar copy, "algorithm", "parameters", and,
    if they are known, "n_bytes" of the model file and "random_seed"}.
    holdout: a split; None for the default one.
    """
    from recotem_engine import comparison
    from recotem_engine.interactions import Interactions
    from recotem_engine.splitting import SplitSpec

    session.progress({"stage": "reading"})
    paths = {record["interactions"] for record in (candidate, champion)}
    data = {path: Interactions.read_columnar(Path(path)) for path in paths}

    def contender(record: Record) -> comparison.Contender:
        return comparison.Contender(
            data[record["interactions"]],
            record["algorithm"],
            record["parameters"],
            record.get("random_seed", 42),
            record.get("n_bytes"),
        )

    return comparison.compare(
        contender(candidate),
        contender(champion),
        target_metric=metric,
        cutoff=cutoff,
        holdout=SplitSpec.from_json(holdout) if holdout else None,
        seed=seed,
        on_progress=session.progress,
    ).to_json()


OPERATIONS: "dict[str, Callable[..., JsonObject]]" = {
    operation.__name__: operation
    for operation in (
        import_interactions,
        import_item_metadata,
        preview_table,
        profile_interactions,
        prepare_split,
        open_tuning,
        suggest,
        run_trial,
        finish_tuning,
        train,
        compare,
    )
}
