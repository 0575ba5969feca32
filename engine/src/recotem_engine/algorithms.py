"""The one list of what can be trained: parameters, good defaults, fit and export."""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from recotem_engine.errors import ConfigError
from recotem_engine.irspack_core import compiled_part
from recotem_engine.scorers import (
    Factors,
    IalsFoldIn,
    ItemWeights,
    Popularity,
    Scorer,
)
from recotem_engine.types import Csr

type Value = bool | int | float | str
type Parameters = Mapping[str, Value]
type Export = Callable[[], Scorer]
type Steps = Callable[[Csr, Parameters, int, int], Iterator[Export]]


@dataclass(frozen=True)
class ParameterSpec:
    """What a parameter may be, and where tuning looks for it.

    minimum, maximum: what is accepted. low, high (both included, on a log scale if
    `log`) or choices: where tuning looks, if `searched`.
    """

    type: type[bool] | type[int] | type[float] | type[str]
    default: Value
    minimum: float = -math.inf
    maximum: float = math.inf
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: tuple[Value, ...] = ()
    searched: bool = True

    def checked(self, value: object) -> Value:
        """The value in its own type; ValueError with the rule that it breaks."""
        if self.choices:
            return self._one_of_choices(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("must be a number")
        if not (self.minimum <= value <= self.maximum and math.isfinite(value)):
            raise ValueError(f"must lie between {self.minimum:g} and {self.maximum:g}")
        if self.type is int and value != int(value):
            raise ValueError("must be a whole number")
        return self.type(value)

    def _one_of_choices(self, value: object) -> Value:
        for choice in self.choices:
            if type(value) is type(choice) and value == choice:
                return choice
        raise ValueError(f"must be one of {', '.join(map(str, self.choices))}")


def _integer(default: int, minimum: int, maximum: int, **search: Any) -> ParameterSpec:
    search = {"searched": "low" in search} | search
    return ParameterSpec(int, default, minimum, maximum, **search)


def _number(
    default: float, minimum: float, maximum: float, **search: Any
) -> ParameterSpec:
    search = {"searched": "low" in search} | search
    return ParameterSpec(float, default, minimum, maximum, **search)


def _choice(default: str, *others: str, searched: bool = True) -> ParameterSpec:
    return ParameterSpec(str, default, choices=(default, *others), searched=searched)


def _flag(*, default: bool) -> ParameterSpec:
    return ParameterSpec(bool, default, choices=(default, not default))


@dataclass(frozen=True)
class Algorithm:
    """One way to learn from interactions.

    screening: sets of parameters that are good on most data, best bet first; what they
    leave out has its default. epochs: the parameter that counts the training steps of
    an iterative algorithm, which tuning may stop early. order_matters: more than one
    thread gives a slightly different model each time.
    """

    name: str
    description: str
    parameters: Mapping[str, ParameterSpec]
    screening: tuple[dict[str, Value], ...]
    steps: Steps = field(repr=False)
    epochs: str | None = None
    order_matters: bool = False

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


def _compiled_input(matrix: Csr, dtype: type[np.floating]) -> sparse.csr_matrix:
    """As irspack's compiled parts want it: 32-bit indices, csr_matrix."""
    return sparse.csr_matrix(
        (
            matrix.data.astype(dtype),
            matrix.indices.astype(np.int32),
            matrix.indptr.astype(np.int32),
        ),
        shape=matrix.shape,
    )


def _top_pop(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    scores = matrix.sum(axis=0, dtype=np.float64).astype(np.float32)
    yield lambda: Popularity(scores)


def _cosine_knn(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    knn = compiled_part("irspack.recommenders._knn")
    tools = compiled_part("irspack.utils._util_cpp")
    x = _compiled_input(matrix, np.float64)
    match parameters["feature_weighting"]:
        case "BM_25":
            weighted = tools.okapi_BM_25_weight(
                x, parameters["bm25_k1"], parameters["bm25_b"]
            )
        case "TF_IDF":
            weighted = tools.tf_idf_weight(x)
        case _:
            weighted = x
    computer = knn.CosineSimilarityComputer(
        weighted.T, parameters["shrinkage"], parameters["normalize"], threads
    )
    weights = computer.compute_similarity(x.T, parameters["top_k"])
    yield lambda: ItemWeights(tools.remove_diagonal(weights))


def _rp3beta(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    knn = compiled_part("irspack.recommenders._knn")
    x = _compiled_input(matrix, np.float64)
    computer = knn.RP3betaComputer(
        x.T, alpha=parameters["alpha"], beta=parameters["beta"], n_threads=threads
    )
    weights = sparse.csr_array(computer.compute_W(x.T, parameters["top_k"]))
    if parameters["normalize_weight"]:
        sums = np.repeat(weights.sum(axis=1), np.diff(weights.indptr))
        weights.data /= sums
    yield lambda: ItemWeights(weights)


def _ials(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    core = compiled_part("irspack.recommenders._ials_core")
    model = (
        core.IALSModelConfigBuilder()
        .set_K(parameters["n_components"])
        .set_init_stdev(parameters["init_std"])
        .set_alpha0(parameters["alpha0"])
        .set_reg(parameters["reg"])
        .set_nu(parameters["nu"])
        .set_loss_type(getattr(core.LossType, str(parameters["loss_type"])))
        .set_random_seed(seed % 2**31)
        .build()
    )
    solver = (
        core.IALSSolverConfigBuilder()
        .set_n_threads(threads)
        .set_solver_type(getattr(core.SolverType, str(parameters["solver_type"])))
        .set_max_cg_steps(parameters["max_cg_steps"])
        .build()
    )
    confidence = _compiled_input(matrix, np.float64)
    if parameters["confidence_scaling"] == "log":
        confidence.data = np.log(1 + confidence.data / parameters["epsilon"])
    trainer = core.IALSTrainer(model, confidence.astype(np.float32))
    for _ in range(int(parameters["train_epochs"])):
        trainer.step(solver)
        yield lambda: _ials_factors(trainer, parameters)


def _ials_factors(trainer: Any, parameters: Parameters) -> Factors:
    items = np.array(trainer.item)
    alpha0 = float(parameters["alpha0"])
    fold_in = IalsFoldIn(
        gram=alpha0 * (items.T @ items),
        alpha0=alpha0,
        reg=float(parameters["reg"]),
        nu=float(parameters["nu"]),
        loss_type=str(parameters["loss_type"]),
        confidence_scaling=str(parameters["confidence_scaling"]),
        epsilon=float(parameters["epsilon"]),
    )
    return Factors(np.array(trainer.user), items, fold_in)


_LISTED = (
    Algorithm(
        name="IALS",
        description="Learns a vector for each user and item by alternating least "
        "squares; strong on most data.",
        parameters={
            "n_components": _integer(64, 1, 4096, low=16, high=128, log=True),
            "alpha0": _number(0.3, 0, 1e6, low=3e-3, high=1.0, log=True),
            "reg": _number(0.01, 0, 1e6, low=3e-4, high=5e-2, log=True),
            "nu": _number(1.0, 0, 2),
            "confidence_scaling": _choice("none", "log", searched=False),
            "epsilon": _number(1.0, 1e-9, 1e9),
            "loss_type": _choice("IALSPP", "ORIGINAL", searched=False),
            "init_std": _number(0.1, 0, 10),
            "solver_type": _choice("CG", "CHOLESKY", searched=False),
            "max_cg_steps": _integer(3, 1, 1000),
            "train_epochs": _integer(24, 1, 1000),
        },
        screening=(
            {"alpha0": 0.3, "reg": 0.01},
            {"alpha0": 0.1, "reg": 0.003},
            {"alpha0": 0.02, "reg": 0.002},
        ),
        steps=_ials,
        epochs="train_epochs",
        order_matters=True,
    ),
    Algorithm(
        name="RP3beta",
        description="Random walks from the user's items over other users to new "
        "items, with popular items held down; fast and hard to beat on sparse data.",
        parameters={
            "top_k": _integer(300, 1, 1_000_000, low=20, high=1000, log=True),
            "alpha": _number(1.0, 0, 10),
            "beta": _number(0.3, 0, 10, low=0.0, high=0.8),
            "normalize_weight": _flag(default=True),
        },
        screening=({},),
        steps=_rp3beta,
    ),
    Algorithm(
        name="CosineKNN",
        description="Items taken by the same users are similar; easy to explain.",
        parameters={
            "top_k": _integer(200, 1, 1_000_000, low=20, high=1000, log=True),
            "shrinkage": _number(10.0, 0, 1e9, low=0.1, high=1000, log=True),
            "normalize": _flag(default=True),
            "feature_weighting": _choice("BM_25", "TF_IDF", "NONE"),
            "bm25_k1": _number(1.2, 0, 1000),
            "bm25_b": _number(0.75, 0, 1),
        },
        screening=({},),
        steps=_cosine_knn,
    ),
    Algorithm(
        name="TopPop",
        description="Recommends to everybody what most took: the floor that any "
        "other has to beat.",
        parameters={},
        screening=({},),
        steps=_top_pop,
    ),
)

ALGORITHMS: dict[str, Algorithm] = {item.name: item for item in _LISTED}
