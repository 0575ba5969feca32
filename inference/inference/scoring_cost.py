"""How much arithmetic one user's scores take, to decide where they are computed."""

from recotem_engine.recommender import Recommender
from recotem_engine.scorers import Factors, ItemWeights

INLINE_WORK = 1_000_000
"""Above this the event loop would be held up for about half a millisecond or more."""


def work_per_user(recommender: Recommender) -> float:
    """Multiplications per user, about; at least one per item for the choice of top k.

    Factors: items x K. Item weights: the entries of W in the rows of a mean profile.
    """
    scorer = recommender.scorer
    work = float(scorer.n_items)
    if isinstance(scorer, Factors):
        work += scorer.item_factors.size
    elif isinstance(scorer, ItemWeights):
        n_users, n_items = recommender.seen.shape
        mean_profile = recommender.seen.nnz / max(1, n_users)
        work += mean_profile * scorer.weights.size / max(1, n_items)
    return work
