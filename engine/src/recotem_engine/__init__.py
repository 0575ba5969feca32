"""Read an interaction log, split, tune, train, sign and score recommenders.

The public names, loaded on first use: a process that only serves models needs numpy
and scipy alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recotem_engine.algorithms import ALGORITHMS
    from recotem_engine.artifact import (
        Model,
        ModelInfo,
        open_model,
        read_info,
        save_model,
    )
    from recotem_engine.comparison import Comparison, Contender, compare
    from recotem_engine.errors import (
        ArtifactError,
        ConfigError,
        DataError,
        EngineError,
        NotSupported,
        UnknownIds,
    )
    from recotem_engine.evaluation import EvaluationSpec, evaluate
    from recotem_engine.gate import Limits, Verdict, judge
    from recotem_engine.interactions import Columns, Interactions
    from recotem_engine.recommender import Recommender
    from recotem_engine.signing import SigningKeys
    from recotem_engine.splitting import SplitSpec, split
    from recotem_engine.tables import ReadLimits, read_table
    from recotem_engine.training import TrainingSpec, train
    from recotem_engine.tuning import TuningSpec, tune
    from recotem_engine.types import Ranking, Scored

_NAMES = {
    "algorithms": ("ALGORITHMS",),
    "artifact": ("Model", "ModelInfo", "open_model", "read_info", "save_model"),
    "comparison": ("Comparison", "Contender", "compare"),
    "errors": (
        "ArtifactError",
        "ConfigError",
        "DataError",
        "EngineError",
        "NotSupported",
        "UnknownIds",
    ),
    "evaluation": ("EvaluationSpec", "evaluate"),
    "gate": ("Limits", "Verdict", "judge"),
    "interactions": ("Columns", "Interactions"),
    "recommender": ("Recommender",),
    "signing": ("SigningKeys",),
    "splitting": ("SplitSpec", "split"),
    "tables": ("ReadLimits", "read_table"),
    "training": ("TrainingSpec", "train"),
    "tuning": ("TuningSpec", "tune"),
    "types": ("Ranking", "Scored"),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "ALGORITHMS",
    "ArtifactError",
    "Columns",
    "Comparison",
    "ConfigError",
    "Contender",
    "DataError",
    "EngineError",
    "EvaluationSpec",
    "Interactions",
    "Limits",
    "Model",
    "ModelInfo",
    "NotSupported",
    "Ranking",
    "ReadLimits",
    "Recommender",
    "Scored",
    "SigningKeys",
    "SplitSpec",
    "TrainingSpec",
    "TuningSpec",
    "UnknownIds",
    "Verdict",
    "compare",
    "evaluate",
    "judge",
    "open_model",
    "read_info",
    "read_table",
    "save_model",
    "split",
    "train",
    "tune",
]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
