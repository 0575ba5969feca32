"""Which deployment slot a user meets: a pure function, the same in every service."""

import math
from collections.abc import Iterable
from hashlib import blake2b


def assign(salt: str, user_id: str, slots: Iterable[tuple[int, float]]) -> int | None:
    """The slot of this user, or None when no slot has a positive weight.

    salt: the project's own text; slots: pairs of slot id and weight, in any order.
    Users spread over the slots in proportion to the weights. Raising one weight only
    moves users to that slot, lowering it only moves users away from it.

    Weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted distributed
    hash tables", SPAA 2005): the slot with the largest -weight / ln(u) wins, where u
    in (0, 1) is the hash of salt, user and slot.
    """
    positive = [(slot_id, weight) for slot_id, weight in slots if weight > 0]
    if len(positive) < 2:
        return positive[0][0] if positive else None
    _, chosen = max(
        (-weight / math.log(_unit(salt, user_id, slot_id)), slot_id)
        for slot_id, weight in positive
    )
    return chosen


def is_sampled(salt: str, user_id: str, share: float) -> bool:
    """Whether a user is among the share (0 to 1) of a project's users to be recorded.

    Always the same users, whatever their slots; a larger share holds the smaller ones.
    """
    return share > 0 and _unit(salt, user_id, "sampled") < share


def _unit(salt: str, user_id: str, slot_id: int | str) -> float:
    """A number strictly between 0 and 1, uniform over users (52 bits of the hash)."""
    text = f"{len(salt)}:{salt}{slot_id}:{user_id}".encode("utf-8", "surrogatepass")
    bits = int.from_bytes(blake2b(text, digest_size=8).digest()) >> 12
    return (bits + 0.5) / (1 << 52)
