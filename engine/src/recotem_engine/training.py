"""Train one algorithm on all interactions, ready to be asked."""

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self

from recotem_engine.algorithms import algorithm, check_parameters
from recotem_engine.artifact import ModelInfo
from recotem_engine.parameters import Value
from recotem_engine.recommender import Recommender
from recotem_engine.types import JsonObject

if TYPE_CHECKING:
    from recotem_engine.interactions import Interactions

_LIBRARIES = ("recotem-engine", "irspack", "numpy", "scipy")


@dataclass(frozen=True)
class TrainingSpec:
    """What to train; ConfigError unknown_algorithm or bad_parameter at once."""

    algorithm: str
    parameters: dict[str, Value] = field(default_factory=dict)
    random_seed: int = 42

    def __post_init__(self) -> None:
        check_parameters(self.algorithm, self.parameters)

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


def train(
    interactions: "Interactions",
    spec: TrainingSpec,
    *,
    threads: int | None = None,
    on_progress: Callable[[JsonObject], None] | None = None,
) -> Recommender:
    """The same interactions and spec give the same model.

    on_progress: called before each step with {"stage": "fitting", "epoch", "n_epochs"}.
    threads: see `Algorithm.fit_steps`.
    """
    family = algorithm(spec.algorithm)
    parameters = family.complete(spec.parameters)
    last = int(parameters[family.epochs]) if family.epochs else 1
    matrix = interactions.matrix()
    steps = family.fit_steps(matrix, parameters, seed=spec.random_seed, threads=threads)
    for epoch in range(last):
        if on_progress:
            on_progress({"stage": "fitting", "epoch": epoch, "n_epochs": last})
        export = next(steps)
    return Recommender(interactions.users, interactions.items, matrix, export())


def model_info(
    interactions: "Interactions", spec: TrainingSpec, *, metrics: JsonObject
) -> ModelInfo:
    """What the file of a model trained by this spec tells about it."""
    family = algorithm(spec.algorithm)
    return ModelInfo(
        algorithm=family.name,
        parameters=dict(family.complete(spec.parameters)),
        data_fingerprint=interactions.fingerprint(),
        n_users=interactions.n_users,
        n_items=interactions.n_items,
        n_interactions=interactions.n_events,
        metrics=metrics,
        versions={"python": platform.python_version()}
        | {name: version(name) for name in _LIBRARIES},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
