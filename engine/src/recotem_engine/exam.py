"""The same question to both models of a comparison: what did these users take last?

Each is fitted from its own configuration on its own data, without what is held out of
the candidate's data.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from recotem_engine.algorithms import algorithm
from recotem_engine.errors import ConfigError, EngineError
from recotem_engine.evaluation import EvaluationSpec, top_lists, user_metrics
from recotem_engine.parameters import Value
from recotem_engine.recommender import Recommender
from recotem_engine.scorers import csr_arrays
from recotem_engine.splitting import Part, Split, entries_where
from recotem_engine.types import Csr, Floats, Int64s, JsonObject

if TYPE_CHECKING:
    from recotem_engine.interactions import Interactions

type Who = Literal["candidate", "champion"]
type Progress = Callable[[JsonObject], None]

SHOWN = 10  # items of a list that coverage, changes and latency are about


@dataclass(frozen=True, eq=False)
class Contender:
    """A model by what it was made of. n_bytes: size of its file, if known."""

    interactions: "Interactions"
    algorithm: str
    parameters: dict[str, Value] = field(default_factory=dict)
    random_seed: int = 42
    n_bytes: int | None = None


@contextmanager
def blaming(who: Who, contender: Contender) -> Iterator[None]:
    """Say in the error whose fault it is."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:  # whatever a library throws
        told = isinstance(error, EngineError | FloatingPointError)
        sentence = str(error) if told else f"{type(error).__name__}: {error}"
        raise ConfigError(
            error.code if isinstance(error, EngineError) else "cannot_fit",
            f"The {who} ({contender.algorithm}) cannot be compared. {sentence}",
        ) from error


@dataclass(frozen=True, eq=False)
class Answers:
    """What a contender says to each user of the hold-out.

    lists: (m, k) columns of the common catalogue, best first, -1 for none. metrics: of
    each user. known: rows of those users whom it knows, in its own data.
    """

    recommender: Recommender
    lists: Int64s
    metrics: dict[str, Floats]
    known: Int64s

    def known_ids(self, most: int) -> list[str]:
        """Of at most so many of the users it knows, spread over all of them."""
        step = -(-len(self.known) // most) or 1
        return self.recommender.users.ids(self.known[::step])

    def n_bytes(self) -> int:
        """Of all arrays that its model file would hold."""
        parts = (
            self.recommender.users.arrays(),
            self.recommender.items.arrays(),
            csr_arrays(self.recommender.seen),
            self.recommender.scorer.arrays(),
        )
        return sum(array.nbytes for arrays in parts for array in arrays.values())


@dataclass(frozen=True, eq=False)
class _Place:
    """Where the candidate's users and items are in the data of a contender.

    rows, cols: of each user and item of the candidate's data, -1 for unknown ones.
    catalogue: for each item of the contender's data its column among all of either.
    """

    rows: Int64s
    cols: Int64s
    catalogue: Int64s


class Exam:
    """parts: of the candidate's data; users of its test part are asked."""

    def __init__(
        self,
        asked: EvaluationSpec,
        parts: Split,
        candidate: Contender,
        champion: Contender,
        threads: int | None,
        on_progress: Progress,
    ) -> None:
        self._asked = asked
        self._contenders: dict[Who, Contender] = {
            "candidate": candidate,
            "champion": champion,
        }
        self._threads = threads
        self._on_progress = on_progress
        self._places = {
            who: _place(candidate.interactions, among=contender.interactions)
            for who, contender in self._contenders.items()
        }
        self.n_items = 1 + max(int(p.catalogue.max()) for p in self._places.values())
        test = parts.test
        self.users = test.users
        self._truth = _widened(test.truth, self.n_items)
        held = np.flatnonzero(parts.parts >= Part.TEST)
        self._held_users = _rows_of(parts.matrix)[held]
        self._held_items = parts.matrix.indices[held]

    def answers(self, who: Who) -> Answers:
        """Of one contender, fitted without the hold-out."""
        contender, place = self._contenders[who], self._places[who]
        data = contender.interactions
        rows, cols = place.rows[self._held_users], place.cols[self._held_items]
        seen = _without(data.matrix(), rows, cols)
        self._tell("fitting", who)
        with blaming(who, contender):
            scorer = algorithm(contender.algorithm).fit(
                seen,
                contender.parameters,
                seed=contender.random_seed,
                threads=self._threads,
            )
        self._tell("evaluating", who)
        recommender = Recommender(data.users, data.items, seen, scorer)
        with blaming(who, contender):
            return self._asked_of(recommender, place)

    def _tell(self, stage: str, who: Who) -> None:
        name = self._contenders[who].algorithm
        self._on_progress({"stage": stage, "contender": who, "algorithm": name})

    def _asked_of(self, recommender: Recommender, place: _Place) -> Answers:
        """Users whom the contender does not know without the hold-out get nothing."""
        rows, seen = place.rows[self.users], recommender.seen
        known = np.flatnonzero((rows >= 0) & (np.diff(seen.indptr)[rows] > 0))
        length = min(max(self._asked.cutoff, SHOWN), self.n_items)
        lists = np.full((len(rows), length), -1, np.int64)
        start = 0
        for block in top_lists(recommender.scorer, seen, rows[known], length):
            which = known[start : start + len(block)]
            own = np.where(block >= 0, place.catalogue[block], -1)
            lists[which, : block.shape[1]] = own
            start += len(block)
        metrics = user_metrics(lists[:, : self._asked.cutoff], self._truth)
        return Answers(recommender, lists, metrics, rows[known])


def _place(of: "Interactions", among: "Interactions") -> _Place:
    if of is among:
        items = np.arange(of.n_items)
        return _Place(np.arange(of.n_users), items, items)
    rows = among.users.rows(of.users.ids(range(of.n_users)))
    cols = among.items.rows(of.items.ids(range(of.n_items)))
    catalogue = np.full(among.n_items, -1, np.int64)
    catalogue[cols[cols >= 0]] = np.flatnonzero(cols >= 0)
    own = catalogue < 0
    catalogue[own] = of.n_items + np.arange(own.sum())
    return _Place(rows, cols, catalogue)


def _rows_of(matrix: Csr) -> Int64s:
    """The row of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _widened(matrix: Csr, n_columns: int) -> Csr:
    parts = (matrix.data, matrix.indices, matrix.indptr)
    return sparse.csr_array(parts, shape=(matrix.shape[0], n_columns))


def _without(matrix: Csr, rows: Int64s, cols: Int64s) -> Csr:
    """Without these entries; -1 in either is none of the matrix."""
    inside = (rows >= 0) & (cols >= 0)
    n_columns = matrix.shape[1]
    keys = _rows_of(matrix) * n_columns + matrix.indices  # in order, as the entries are
    unwanted = rows[inside] * n_columns + cols[inside]
    places = np.searchsorted(keys, unwanted)
    places = places[np.append(keys, -1)[places] == unwanted]
    mask = np.ones(matrix.nnz, np.bool_)
    mask[places] = False
    return entries_where(matrix, mask)
