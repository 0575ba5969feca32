"""A vector for each user and item, whose product is the score."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from recotem_engine.fold_ins import IalsFoldIn, NmfFoldIn, SvdFoldIn
from recotem_engine.irspack_core import compiled_input, compiled_part
from recotem_engine.parameters import Parameters
from recotem_engine.scorers import Export, Factors
from recotem_engine.types import Csr


def ials(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """iALS (Hu et al., ICDM 2008; iALS++ loss: Rendle et al., RecSys 2022)."""
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
    confidence = compiled_input(matrix, np.float64)
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


def nmf(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """Non-negative factors with an elastic net (Cichocki and Phan, 2009)."""
    from sklearn.decomposition import NMF  # noqa: PLC0415 — takes two seconds
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415

    alpha, l1_ratio = float(parameters["alpha"]), float(parameters["l1_ratio"])
    model = NMF(
        n_components=parameters["n_components"],
        alpha_W=alpha,
        l1_ratio=l1_ratio,
        random_state=seed % 2**31,
    )
    with warnings.catch_warnings():
        # Two hundred steps are enough to recommend, if not to converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        users = model.fit_transform(compiled_input(matrix, np.float64))
    items = model.components_.T
    penalty = alpha * matrix.shape[1]
    fold_in = NmfFoldIn(items.T @ items, penalty * l1_ratio, penalty * (1 - l1_ratio))
    yield lambda: Factors(users, items, fold_in)


def truncated_svd(
    matrix: Csr, parameters: Parameters, seed: int, threads: int
) -> Iterator[Export]:
    """The largest singular vectors, by random projection (Halko et al., 2011)."""
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 — takes two seconds

    rank = max(1, min(int(parameters["n_components"]), min(matrix.shape) - 1))
    model = TruncatedSVD(n_components=rank, random_state=seed % 2**31)
    users = model.fit_transform(compiled_input(matrix, np.float64))
    yield lambda: Factors(users, model.components_.T, SvdFoldIn())
