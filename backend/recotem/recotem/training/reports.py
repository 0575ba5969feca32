"""How the report of a search is described: what the winner was measured at."""

from typing import Any

_COUNT = {"type": "integer", "minimum": 0}
_INTERVAL = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 2,
    "description": "Where the target metric lies with 95 %.",
}
#: The value of each metric, by its name.
METRICS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "number"},
}
_SCORE = {
    "type": "object",
    "required": ["algorithm", "interval", "metrics", "n_users"],
    "properties": {
        "algorithm": {"type": "string"},
        "metrics": METRICS,
        "interval": _INTERVAL,
        "n_users": _COUNT,
    },
}
#: The winner and the most popular items, on the test part that no trial has seen.
REPORT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "target_metric": {"type": "string"},
        "cutoff": _COUNT,
        "interval": _INTERVAL,
        "test": _SCORE,
        "baseline": _SCORE,
    },
}
