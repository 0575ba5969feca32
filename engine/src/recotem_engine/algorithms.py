"""The one list of what can be trained: parameters, good defaults, fit and export."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from recotem_engine.errors import ConfigError
from recotem_engine.factorisations import ials, nmf, truncated_svd
from recotem_engine.linear_models import dense_slim, edlae, slim
from recotem_engine.neighbours import (
    asymmetric_cosine_knn,
    asymmetric_cosine_user_knn,
    cosine_knn,
    cosine_user_knn,
    jaccard_knn,
    tversky_index_knn,
)
from recotem_engine.parameters import (
    Parameters,
    ParameterSpec,
    Value,
    choice,
    flag,
    integer,
    number,
)
from recotem_engine.popularity import top_pop
from recotem_engine.random_walks import p3alpha, rp3beta
from recotem_engine.scorers import Export, Scorer
from recotem_engine.types import Csr

type Steps = Callable[[Csr, Parameters, int, int], Iterator[Export]]

#: Solving for all pairs of items at once takes memory by the square of their number.
_MOST_ITEMS_FOR_ALL_PAIRS = 10_000


@dataclass(frozen=True)
class Algorithm:
    """One way to learn from interactions.

    screening: sets of parameters that are good on most data, best bet first; what they
    leave out has its default. epochs: the parameter that counts the training steps of
    an iterative algorithm, which tuning may stop early. order_matters: more than one
    thread gives a slightly different model each time. most_items: the largest catalogue
    on which tuning tries it unasked.
    """

    name: str
    description: str
    parameters: Mapping[str, ParameterSpec]
    steps: Steps = field(repr=False)
    screening: tuple[dict[str, Value], ...] = ({},)
    epochs: str | None = None
    order_matters: bool = False
    tried_by_default: bool = False
    most_items: int | None = None

    @property
    def class_name(self) -> str:
        return f"{self.name}Recommender"

    @property
    def searched(self) -> dict[str, ParameterSpec]:
        return {name: p for name, p in self.parameters.items() if p.searched}

    def complete(self, parameters: Parameters) -> dict[str, Value]:
        """The given ones, checked, and the defaults of all others."""
        defaults = {name: spec.default for name, spec in self.parameters.items()}
        return defaults | check_parameters(self.name, parameters)

    def fit_steps(
        self,
        matrix: Csr,
        parameters: Parameters,
        *,
        seed: int = 42,
        threads: int | None = None,
    ) -> Iterator[Export]:
        """After each training step, a function that exports the model as it is then.

        An export is valid until the next step. matrix: users by items, weights.
        threads: None for as many as IRSPACK_NUM_THREADS_DEFAULT says, else all
        processors, but one if more would make results differ from run to run.
        """
        count = threads or (1 if self.order_matters else _default_threads())
        return self.steps(matrix, self.complete(parameters), seed, count)

    def fit(
        self,
        matrix: Csr,
        parameters: Parameters,
        *,
        seed: int = 42,
        threads: int | None = None,
    ) -> Scorer:
        """Train to the end; arguments: see `fit_steps`."""
        for export in self.fit_steps(matrix, parameters, seed=seed, threads=threads):
            last = export
        return last()


def algorithm(name: str) -> Algorithm:
    """By name, with or without `Recommender`; ConfigError unknown_algorithm."""
    try:
        return ALGORITHMS[name.removesuffix("Recommender")]
    except KeyError:
        known = ", ".join(ALGORITHMS)
        raise ConfigError(
            "unknown_algorithm",
            f"There is no algorithm named {name!r}. Known are {known}.",
        ) from None


def check_parameters(name: str, parameters: Mapping[str, Any]) -> dict[str, Value]:
    """The parameters in their own types (64.0 → 64), nothing added.

    Raises ConfigError unknown_algorithm, or bad_parameter naming the parameter.
    """
    specs = algorithm(name).parameters
    checked = {}
    for key, value in parameters.items():
        if key not in specs:
            takes = ", ".join(specs) or "none"
            raise ConfigError(
                "bad_parameter",
                f"{algorithm(name).name} has no parameter {key!r}. It takes: {takes}.",
            )
        try:
            checked[key] = specs[key].checked(value)
        except ValueError as error:
            raise ConfigError(
                "bad_parameter",
                f"The parameter {key!r} of {algorithm(name).name} {error}.",
            ) from None
    return checked


def _default_threads() -> int:
    return int(os.environ.get("IRSPACK_NUM_THREADS_DEFAULT") or os.cpu_count() or 1)


_NEIGHBOURS = {
    "top_k": integer(200, 1, 1_000_000, low=20, high=1000, log=True),
    "shrinkage": number(10.0, 0, 1e9, low=0.1, high=1000, log=True),
}
_WEIGHTING = {
    "feature_weighting": choice("BM_25", "TF_IDF", "NONE"),
    "bm25_k1": number(1.2, 0, 1000),
    "bm25_b": number(0.75, 0, 1),
}
_COSINE = {"normalize": flag(default=True)}
_ASYMMETRIC = {"alpha": number(0.5, 0, 1, low=0.0, high=1.0)}
_WALK = {
    "top_k": integer(300, 1, 1_000_000, low=20, high=1000, log=True),
    "alpha": number(1.0, 0, 10),
}
_SCALED = {"normalize_weight": flag(default=True)}

_LISTED = (
    Algorithm(
        name="IALS",
        description="Learns a vector for each user and item by alternating least "
        "squares; strong on most data.",
        parameters={
            "n_components": integer(64, 1, 4096, low=16, high=128, log=True),
            "alpha0": number(0.3, 0, 1e6, low=3e-3, high=1.0, log=True),
            "reg": number(0.01, 0, 1e6, low=3e-4, high=5e-2, log=True),
            "nu": number(1.0, 0, 2),
            "confidence_scaling": choice("none", "log", searched=False),
            "epsilon": number(1.0, 1e-9, 1e9),
            "loss_type": choice("IALSPP", "ORIGINAL", searched=False),
            "init_std": number(0.1, 0, 10),
            "solver_type": choice("CG", "CHOLESKY", searched=False),
            "max_cg_steps": integer(3, 1, 1000),
            "train_epochs": integer(24, 1, 1000),
        },
        screening=(
            {"alpha0": 0.3, "reg": 0.01},
            {"alpha0": 0.1, "reg": 0.003},
            {"alpha0": 0.02, "reg": 0.002},
        ),
        steps=ials,
        tried_by_default=True,
        epochs="train_epochs",
        order_matters=True,
    ),
    Algorithm(
        name="RP3beta",
        description="Random walks from the user's items over other users to new "
        "items, with popular items held down; fast and hard to beat on sparse data.",
        parameters=_WALK | {"beta": number(0.3, 0, 10, low=0.0, high=0.8)} | _SCALED,
        steps=rp3beta,
        tried_by_default=True,
    ),
    Algorithm(
        name="DenseSLIM",
        description="Solves for all pairs of items at once (EASE); strong, for "
        "catalogues of up to some ten thousand items.",
        parameters={"reg": number(300.0, 1e-3, 1e9, low=1.0, high=1e4, log=True)},
        steps=dense_slim,
        tried_by_default=True,
        most_items=_MOST_ITEMS_FOR_ALL_PAIRS,
    ),
    Algorithm(
        name="CosineKNN",
        description="Items taken by the same users are similar; easy to explain.",
        parameters=_NEIGHBOURS | _COSINE | _WEIGHTING,
        steps=cosine_knn,
        tried_by_default=True,
    ),
    Algorithm(
        name="EDLAE",
        description="DenseSLIM that learns to fill gaps in profiles; often the best "
        "of the linear ones, for catalogues of up to some ten thousand items.",
        parameters={
            "reg": number(200.0, 1e-3, 1e9, low=1.0, high=1e4, log=True),
            "dropout_p": number(0.3, 0, 0.99, low=0.0, high=0.9),
        },
        steps=edlae,
        tried_by_default=True,
        most_items=_MOST_ITEMS_FOR_ALL_PAIRS,
    ),
    Algorithm(
        name="P3alpha",
        description="Random walks from the user's items over other users to new items.",
        parameters=_WALK | _SCALED,
        steps=p3alpha,
        tried_by_default=True,
    ),
    Algorithm(
        name="SLIM",
        description="Learns for each item a short list of others that predict it; "
        "slow to train, small to serve.",
        parameters={
            "alpha": number(1e-3, 0, 1e6, low=1e-5, high=1.0, log=True),
            "l1_ratio": number(0.1, 0, 1, low=0.0, high=1.0),
            "positive_only": flag(default=True),
            "n_iter": integer(100, 1, 100_000),
            "tol": number(1e-4, 0, 1),
            "top_k": integer(300, 1, 1_000_000),
        },
        steps=slim,
        order_matters=True,
    ),
    Algorithm(
        name="AsymmetricCosineKNN",
        description="CosineKNN that can prefer frequent or rare neighbours.",
        parameters=_NEIGHBOURS | _ASYMMETRIC | _WEIGHTING,
        steps=asymmetric_cosine_knn,
    ),
    Algorithm(
        name="JaccardKNN",
        description="Items are similar by the share of users that they have in common.",
        parameters=_NEIGHBOURS,
        steps=jaccard_knn,
    ),
    Algorithm(
        name="TverskyIndexKNN",
        description="JaccardKNN that weighs the users of either item by themselves.",
        parameters=_NEIGHBOURS
        | {
            "alpha": number(0.5, 0, 1e6, low=0.0, high=2.0),
            "beta": number(0.5, 0, 1e6, low=0.0, high=2.0),
        },
        steps=tversky_index_knn,
    ),
    Algorithm(
        name="CosineUserKNN",
        description="What users took who took the same; knows only its own users.",
        parameters=_NEIGHBOURS | _COSINE | _WEIGHTING,
        steps=cosine_user_knn,
    ),
    Algorithm(
        name="AsymmetricCosineUserKNN",
        description="CosineUserKNN that can prefer users with many or few items.",
        parameters=_NEIGHBOURS | _ASYMMETRIC | _WEIGHTING,
        steps=asymmetric_cosine_user_knn,
    ),
    Algorithm(
        name="NMF",
        description="Non-negative vectors for users and items: tastes that add up.",
        parameters={
            "n_components": integer(32, 1, 4096, low=4, high=128, log=True),
            "alpha": number(1e-4, 0, 1e6, low=1e-7, high=1e-2, log=True),
            "l1_ratio": number(0.01, 0, 1, low=0.0, high=1.0),
        },
        steps=nmf,
    ),
    Algorithm(
        name="TruncatedSVD",
        description="The strongest directions of the whole table; the classic.",
        parameters={"n_components": integer(32, 1, 4096, low=4, high=256, log=True)},
        steps=truncated_svd,
    ),
    Algorithm(
        name="TopPop",
        description="Recommends to everybody what most took: the floor that any "
        "other has to beat.",
        parameters={},
        steps=top_pop,
        tried_by_default=True,
    ),
)

ALGORITHMS: dict[str, Algorithm] = {item.name: item for item in _LISTED}


def default_algorithms(n_items: int) -> tuple[str, ...]:
    """What tuning tries if nobody says, for a catalogue of so many items."""
    return tuple(
        item.name
        for item in _LISTED
        if item.tried_by_default
        and (item.most_items is None or n_items <= item.most_items)
    )
