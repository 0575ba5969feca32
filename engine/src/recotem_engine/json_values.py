"""Table cells as JSON values."""

import math
from datetime import date, time

from recotem_engine.types import Json


def json_value(cell: object) -> Json:
    """NaN and infinities become null, times ISO 8601, bytes hexadecimal digits."""
    if isinstance(cell, dict):
        return {str(key): json_value(value) for key, value in cell.items()}
    if isinstance(cell, list):
        return [json_value(value) for value in cell]
    return _plain(cell)


def _plain(cell: object) -> Json:
    match cell:
        case None | bool() | int() | str():
            return cell
        case float():
            return cell if math.isfinite(cell) else None
        case date() | time():
            return cell.isoformat()
        case bytes():
            return cell.hex()
        case _:
            return str(cell)
