"""What an algorithm's parameters may be, and where tuning looks for them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

type Value = bool | int | float | str
type Parameters = Mapping[str, Value]


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


def integer(default: int, minimum: int, maximum: int, **search: Any) -> ParameterSpec:
    search = {"searched": "low" in search} | search
    return ParameterSpec(int, default, minimum, maximum, **search)


def number(
    default: float, minimum: float, maximum: float, **search: Any
) -> ParameterSpec:
    search = {"searched": "low" in search} | search
    return ParameterSpec(float, default, minimum, maximum, **search)


def choice(default: str, *others: str, searched: bool = True) -> ParameterSpec:
    return ParameterSpec(str, default, choices=(default, *others), searched=searched)


def flag(*, default: bool) -> ParameterSpec:
    return ParameterSpec(bool, default, choices=(default, not default))
