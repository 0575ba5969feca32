"""How much arithmetic one user's scores take, to decide where they are computed."""

from recotem_engine.recommender import Recommender
from recotem_engine.scorers import Factors, ItemWeights, UserWeights

INLINE_WORK = 1_000_000
"""Above this the event loop would be held up for about half a millisecond or more."""


def work_per_user(recommender: Recommender) -> float:
    """Multiplications per user, about; at least one per item for the choice of top k.

    Factors: items x K. Item weights: the entries of W in the rows of a mean profile.
    User weights: what the neighbours of a user took.
    """
    scorer = recommender.scorer
    work = float(scorer.n_items)
    n_users, n_items = recommender.seen.shape
    mean_profile = recommender.seen.nnz / max(1, n_users)
    if isinstance(scorer, Factors):
        work += scorer.item_factors.size
    elif isinstance(scorer, ItemWeights):
        work += mean_profile * scorer.weights.size / max(1, n_items)
    elif isinstance(scorer, UserWeights):
        work += mean_profile * scorer.weights.nnz / max(1, n_users)
    return work
