"""Hold interactions back once, for all trials of a job: train, validation, test.

Trials are fitted on `train` and compared on `validation`; the winner is fitted on
`train_and_validation` and judged on `test`, which no trial has seen.
"""

import os
from dataclasses import asdict, dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recotem_engine.errors import ConfigError
from recotem_engine.types import Csr, Int32s, Int64s, Ints, JsonObject

if TYPE_CHECKING:  # a process that only opens a split does without polars
    from recotem_engine.interactions import Interactions

type Parts = npt.NDArray[np.uint8]

SCHEMES = ("RG", "TG", "TU")

_LARGEST = np.iinfo(np.int64).max


class Part(IntEnum):
    """Where one (user, item) pair goes."""

    TRAIN = 0
    VALIDATION = 1
    REFIT = 2  # as late as validation, but of a user who is not scored
    TEST = 3
    UNUSED = 4  # as late as test, but of a user who is not scored


@dataclass(frozen=True)
class SplitSpec:
    """How to hold out; the numbers win over the ratios when both are given.

    scheme: RG random pairs of each test user, TU the latest pairs of each test user,
    TG the latest pairs of all after one point in time. heldout_ratio or n_heldout say
    how many pairs (per user; with TG of all pairs) go to test, and as many again go to
    validation. test_user_ratio or n_test_users say which share of the users is scored.
    Raises ConfigError bad_parameter.
    """

    scheme: str = "RG"
    heldout_ratio: float = 0.1
    n_heldout: int | None = None
    test_user_ratio: float = 1.0
    n_test_users: int | None = None
    random_seed: int = 42

    def __post_init__(self) -> None:
        _require(self.scheme in SCHEMES, "scheme is one of RG, TG and TU.")
        _require(0 < self.heldout_ratio < 1, "heldout_ratio lies between 0 and 1.")
        _require(
            0 < self.test_user_ratio <= 1,
            "test_user_ratio is greater than 0 and at most 1.",
        )
        _require(self.n_heldout is None or self.n_heldout >= 1, "n_heldout ≥ 1.")
        _require(
            self.n_test_users is None or self.n_test_users >= 1, "n_test_users ≥ 1."
        )
        _require(self.random_seed >= 0, "random_seed is not negative.")

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001
    if not holds:
        raise ConfigError("bad_parameter", f"The split does not work: {sentence}")


@dataclass(frozen=True, eq=False)
class HoldOut:
    """What the scored users consumed later: users int32 (m,), truth (m, n_items)."""

    users: Int32s
    truth: Csr


@dataclass(frozen=True, eq=False)
class Split:
    """All pairs (n_users, n_items), and the `Part` of each stored one, uint8 (nnz,)."""

    matrix: Csr
    parts: Parts

    @property
    def n_users(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def n_items(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def train(self) -> Csr:
        """What a trial is fitted on, users by items."""
        return entries_where(self.matrix, self.parts == Part.TRAIN)

    @cached_property
    def validation(self) -> HoldOut:
        return self._hold_out(Part.VALIDATION)

    @cached_property
    def train_and_validation(self) -> Csr:
        """What the winner is fitted on, users by items."""
        return entries_where(self.matrix, self.parts <= Part.REFIT)

    @cached_property
    def test(self) -> HoldOut:
        return self._hold_out(Part.TEST)

    def _hold_out(self, part: Part) -> HoldOut:
        kept = entries_where(self.matrix, self.parts == part)
        users = np.flatnonzero(np.diff(kept.indptr)).astype(np.int32)
        return HoldOut(users, sparse.csr_array(kept[users]))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to a file that appears whole or not at all."""
        target = Path(path)
        draft = target.with_name(f"{target.name}.{os.getpid()}.draft")
        with draft.open("wb") as file:
            np.savez(
                file,
                data=self.matrix.data,
                indices=self.matrix.indices,
                indptr=self.matrix.indptr,
                shape=np.asarray(self.matrix.shape),
                parts=self.parts,
            )
        draft.replace(target)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        with np.load(path) as file:
            n_users, n_items = (int(size) for size in file["shape"])
            matrix: Csr = sparse.csr_array(
                (file["data"], file["indices"], file["indptr"]),
                shape=(n_users, n_items),
            )
            return cls(matrix, file["parts"])


def split(interactions: "Interactions", spec: SplitSpec) -> Split:
    """The parts of the interactions; the same for the same data and spec.

    Raises ConfigError time_needed (TG and TU without times) and nothing_to_hold_out.
    """
    matrix = interactions.matrix()
    rng = np.random.default_rng(spec.random_seed)
    if spec.scheme == "RG":
        parts = _by_user(matrix, None, spec, rng)
    elif interactions.times is None:
        raise ConfigError(
            "time_needed",
            f"The scheme {spec.scheme} needs a time column, and this data has none.",
        )
    elif spec.scheme == "TU":
        parts = _by_user(matrix, interactions.times, spec, rng)
    else:
        parts = _by_time(matrix, interactions.times, spec, rng)
    return Split(matrix, parts)


def _by_user(
    matrix: Csr, times: Int64s | None, spec: SplitSpec, rng: np.random.Generator
) -> Parts:
    """RG and TU: at most so many of a user's pairs that one stays in train."""
    counts = np.diff(matrix.indptr)
    held = np.minimum(_held_out_of(counts, spec), np.maximum(counts - 1, 0) // 2)
    able = np.flatnonzero(held > 0)
    if not len(able):
        raise ConfigError(
            "nothing_to_hold_out",
            "No user has the three different items that it takes to hold out one for "
            "validation and one for test.",
        )
    scored = np.isin(np.arange(len(counts)), _chosen(able, spec, rng))
    held = np.repeat(np.where(scored, held, 0), counts)
    rank = _rank_within_user(matrix, times, rng)
    parts = np.full(matrix.nnz, Part.TRAIN, np.uint8)
    parts[rank < 2 * held] = Part.VALIDATION
    parts[rank < held] = Part.TEST
    return parts


def _rank_within_user(
    matrix: Csr, times: Int64s | None, rng: np.random.Generator
) -> Int64s:
    """0, 1, … over each user's pairs, latest first if there are times, else random."""
    counts = np.diff(matrix.indptr)
    rows = np.repeat(np.arange(len(counts)), counts)
    lottery = rng.random(matrix.nnz)
    keys = (lottery, rows) if times is None else (lottery, -times, rows)
    rank = np.empty(matrix.nnz, np.int64)
    rank[np.lexsort(keys)] = np.arange(matrix.nnz) - matrix.indptr[rows]
    return rank


def _by_time(
    matrix: Csr, times: Int64s, spec: SplitSpec, rng: np.random.Generator
) -> Parts:
    """TG: two points in time; equal times stay together, whatever that does to sizes.

    Only users with something earlier to learn from are scored.
    """
    ordered = np.sort(times)
    n_held = int(_held_out_of(np.array([len(times)]), spec)[0])
    test_from = ordered[max(len(ordered) - n_held, 0)]
    earlier = ordered[ordered < test_from]
    parts = np.full(len(times), Part.TRAIN, np.uint8)
    if len(earlier):
        parts[times >= earlier[max(len(earlier) - n_held, 0)]] = Part.VALIDATION
    parts[times >= test_from] = Part.TEST
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    _unscore(parts, Part.VALIDATION, ~_has(rows, parts < Part.VALIDATION, matrix))
    _unscore(parts, Part.TEST, ~_has(rows, parts < Part.TEST, matrix))
    scorable = np.isin(parts, (Part.VALIDATION, Part.TEST))
    chosen = _chosen(np.unique(rows[scorable]), spec, rng)
    left_out = ~np.isin(rows, chosen)
    _unscore(parts, Part.VALIDATION, left_out)
    _unscore(parts, Part.TEST, left_out)
    if not {Part.VALIDATION, Part.TEST} <= set(np.unique(parts).tolist()):
        raise ConfigError(
            "nothing_to_hold_out",
            "No scored user has interactions both before and after the points in time "
            "that separate training, validation and test.",
        )
    return parts


def _has(
    rows: Ints, within: npt.NDArray[np.bool_], matrix: Csr
) -> npt.NDArray[np.bool_]:
    """For each pair, whether its user has a pair among those."""
    users = np.zeros(matrix.shape[0], np.bool_)
    users[rows[within]] = True
    return users[rows]


def _unscore(parts: Parts, part: Part, where: npt.NDArray[np.bool_]) -> None:
    """VALIDATION becomes REFIT, TEST becomes UNUSED."""
    parts[(parts == part) & where] = part + 1


def _held_out_of(counts: Ints, spec: SplitSpec) -> Int64s:
    if spec.n_heldout is not None:
        return np.minimum(counts.astype(np.int64), min(spec.n_heldout, _LARGEST))
    return np.maximum(np.rint(counts * spec.heldout_ratio), 1).astype(np.int64)


def _chosen(users: Ints, spec: SplitSpec, rng: np.random.Generator) -> Ints:
    n_chosen = spec.n_test_users or max(1, round(spec.test_user_ratio * len(users)))
    return rng.permutation(users)[:n_chosen]


def entries_where(matrix: Csr, mask: npt.NDArray[np.bool_]) -> Csr:
    """The pairs where mask (nnz,) holds, in a matrix of the same shape."""
    before = np.concatenate([[0], np.cumsum(mask)])
    indptr = before[matrix.indptr].astype(matrix.indptr.dtype)
    return sparse.csr_array(
        (matrix.data[mask], matrix.indices[mask], indptr), shape=matrix.shape
    )
