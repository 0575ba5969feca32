"""What is in an interaction log, as numbers that fit into a page."""

import numpy as np

from recotem_engine.interactions import Interactions
from recotem_engine.types import Int64s, Ints, Json, JsonObject

_POINTS = 200
_US_PER_DAY = 86_400_000_000


def data_report(interactions: Interactions) -> JsonObject:
    """Sizes, who took how much, how popular items are, and when it was.

    n_rows counts repeated pairs, n_pairs does not. Lists have at most 200 entries.
    """
    per_user = np.bincount(interactions.user_rows, minlength=interactions.n_users)
    per_item = np.bincount(interactions.item_cols, minlength=interactions.n_items)
    n_pairs = len(interactions.user_rows)
    times = interactions.times
    return {
        "n_rows": interactions.n_events,
        "n_pairs": n_pairs,
        "n_users": interactions.n_users,
        "n_items": interactions.n_items,
        "density": n_pairs / (interactions.n_users * interactions.n_items),
        "interactions_per_user": _spread(per_user),
        "interactions_per_item": _spread(per_item),
        "item_popularity": _popularity_curve(per_item),
        **time_span(times),
        "over_time": None if times is None else _over_time(times),
    }


def time_span(times: Int64s | None) -> JsonObject:
    """first_time and last_time as ISO 8601 in UTC, null without times."""
    if times is None:
        return {"first_time": None, "last_time": None}
    return {"first_time": _iso(int(times.min())), "last_time": _iso(int(times.max()))}


def _iso(microseconds: int) -> str:
    return f"{np.datetime64(microseconds // 1_000_000, 's')}Z"


def _spread(counts: Ints) -> JsonObject:
    """Smallest, median, mean, largest, and a histogram over powers of two."""
    exponents = np.bincount(np.log2(counts).astype(np.int64))
    histogram: list[Json] = [
        {"from": 2**power, "to": 2 ** (power + 1) - 1, "count": int(count)}
        for power, count in enumerate(exponents)
    ]
    return {
        "min": int(counts.min()),
        "median": float(np.median(counts)),
        "mean": float(counts.mean()),
        "max": int(counts.max()),
        "histogram": histogram,
    }


def _popularity_curve(counts: Ints) -> list[Json]:
    """Users per item by rank, at ranks that are even on a logarithmic scale."""
    ordered = np.sort(counts)[::-1]
    ranks = np.unique(np.geomspace(1, len(ordered), _POINTS).round().astype(np.int64))
    return [{"rank": int(r), "count": int(ordered[r - 1])} for r in ranks]


def _over_time(times: Int64s) -> JsonObject:
    """Pairs per day, per week, or per as many days as it takes for 200 points."""
    days = times // _US_PER_DAY
    first = int(days.min())
    span = int(days.max()) - first + 1
    width = next((w for w in (1, 7) if span <= w * _POINTS), -(-span // _POINTS))
    counts = np.bincount((days - first) // width)
    points: list[Json] = [
        {
            "date": str(np.datetime64(first + n * width, "D")),
            "count": int(count),
        }
        for n, count in enumerate(counts)
    ]
    return {"days_per_point": width, "points": points}
