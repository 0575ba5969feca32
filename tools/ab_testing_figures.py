"""Draws the figures of docs/guides/ab-testing.md and prints their numbers.

    make figures

Every test is simulated: users are split by `recotem_contracts.assignment`, visit and
convert as `recotem_shop.crowds` says, and are read by the analysis of the management
API. Sizes and seeds are those of backend/recotem/tests/experiments/test_oracle.py.
"""

from pathlib import Path
from statistics import NormalDist

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from recotem.experiments.analysis import sample_ratio
from recotem.experiments.analysis.planning import power_of, users_needed
from recotem.experiments.analysis.rates import (
    Arm,
    compare_at_any_time,
    difference_interval,
    z_score,
)
from recotem.experiments.analysis.sequences import Sequence, progress_of
from recotem_shop.crowds import Crowd

FIGURES = Path(__file__).parents[1] / "docs" / "guides" / "figures"
LEVEL, RUNS = 0.95, 2000
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
#: Okabe and Ito's colours: for the eye that sees red and green alike too.
CONTROL, VARIANT, WRONG = "#7f7f7f", "#0072b2", "#d55e00"

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "recotem",
        "font.family": "sans-serif",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#e5e7eb",
        "figure.figsize": (7, 3.4),
    }
)


def arms_of(seen: np.ndarray) -> tuple[Arm, Arm]:
    (c_users, v_users), (c_converted, v_converted) = seen.tolist()
    return Arm(c_users, c_converted), Arm(v_users, v_converted)


def sequence_of(control: Arm, variant: Arm, planned: int) -> Sequence:
    return Sequence(progress_of(control.users, variant.users, planned), LEVEL)


def peeking() -> None:
    """Tests of two equal arms: how many have found a winner by each day."""
    days, daily, planned = 21, 50, 525
    chance = np.random.default_rng(1)
    found: dict[str, list[np.ndarray]] = {
        "z-test, read every day": [],
        "confidence sequence": [],
    }
    for run in range(RUNS):
        looks = []
        for seen in Crowd(f"A/A {run}", days, daily).converted((0.1, 0.1), 0, chance):
            control, variant = arms_of(seen)
            sequence = sequence_of(control, variant, planned)
            looks.append(
                (
                    abs(z_score(control, variant)) > Z,
                    compare_at_any_time(control, variant, sequence).significant,
                )
            )
        for name, column in zip(found, zip(*looks, strict=True), strict=True):
            found[name].append(np.maximum.accumulate(column))
    axes = new_axes()
    for (name, ways), colour in zip(found.items(), (WRONG, VARIANT), strict=True):
        share = np.mean(ways, axis=0) * 100
        axes.plot(range(1, days + 1), share, color=colour, marker="o", ms=3, label=name)
        print(f"peeking, {name}: {share[-1]:.1f} % of {RUNS} find what is not there")
    axes.axhline(5, color=CONTROL, ls="--", lw=1, label="promised at most")
    axes.set(xlabel="day", ylabel="tests with a false winner, %", ylim=(0, None))
    save(axes, "peeking")


def one_test() -> None:
    """A test as its owner sees it, day after day."""
    days, rates = 21, (0.10, 0.12)
    planned = users_needed(0.10, 20, level=LEVEL, power=0.8, looks=days)
    crowd = Crowd("one test", days, -(-2 * planned // days))
    bands, dots = [], []
    for seen in crowd.converted(rates, 0, np.random.default_rng(7)):
        control, variant = arms_of(seen)
        sequence = sequence_of(control, variant, planned)
        at_any_time = compare_at_any_time(control, variant, sequence).difference
        once = difference_interval(control, variant, LEVEL)
        bands.append((*at_any_time, *once))
        dots.append(variant.rate - control.rate)
    low, high, once_low, once_high = (np.array(bands) * 100).T
    axes = new_axes()
    x = range(1, days + 1)
    axes.fill_between(x, low, high, color=VARIANT, alpha=0.2, label="at any time")
    axes.fill_between(x, once_low, once_high, color=VARIANT, alpha=0.3, label="once")
    axes.plot(x, np.array(dots) * 100, color=VARIANT, lw=2, label="seen")
    axes.axhline(2, color=WRONG, ls="--", lw=1, label="truth")
    axes.axhline(0, color="black", lw=1)
    axes.set(xlabel="day", ylabel="difference, percentage points", ylim=(-6, 10))
    save(axes, "one-test")


def power() -> None:
    """Tests of a true lift: how many have found it by each day, and the plan."""
    rate, lift, days = 0.3, 5.0, 14
    planned = users_needed(rate, lift, level=LEVEL, power=0.8, looks=days)
    chance, rates = np.random.default_rng(2), (rate, rate * (1 + lift / 100))
    ways = []
    for split in range(20):
        crowd = Crowd(f"A/B {split}", days, -(-2 * planned // days))
        for _ in range(RUNS // 20):
            looks = []
            for seen in crowd.converted(rates, 0, chance):
                control, variant = arms_of(seen)
                sequence = sequence_of(control, variant, planned)
                found = compare_at_any_time(control, variant, sequence)
                looks.append(found.difference[0] > 0)
            ways.append(np.maximum.accumulate(looks))
    share = np.mean(ways, axis=0) * 100
    half = int(np.argmax(share >= 50)) + 1
    print(f"power: {planned} users an arm, {share[-1]:.1f} % of {RUNS} find 5 %,")
    print(f"       half of them by day {half} of {days}")
    axes = new_axes()
    axes.plot(range(1, days + 1), share, color=VARIANT, marker="o", ms=3, label="found")
    axes.axhline(80, color=CONTROL, ls="--", lw=1, label="planned for the end")
    axes.set(xlabel="day", ylabel="tests that found the lift, %", ylim=(0, 100))
    save(axes, "power")
    none = power_of(0.0, LEVEL, days) * 100
    print(f"       without a lift {none:.1f} % by the same reckoning")


def split() -> None:
    """The alarm of the split, user by user."""
    axes = new_axes()
    for share, colour, label in (
        (0.52, WRONG, "48/52 instead of 50/50"),
        (0.5, VARIANT, "50/50"),
    ):
        crowd = Crowd(f"split {share}", 100, 500, share=share)
        seen = crowd.arrivals.cumsum(0)
        values = [sample_ratio.p_value(c, v, 0.5) for c, v in seen.tolist()]
        alarms = [n for n, p in zip(seen.sum(1), values, strict=True) if p < 0.001]
        print(f"split {label}: alarm after {alarms[0] if alarms else 'no'} users")
        axes.semilogy(seen.sum(1), values, color=colour, label=label)
    axes.axhline(sample_ratio.ALARM, color=CONTROL, ls="--", lw=1, label="alarm")
    axes.set(xlabel="users", ylabel="p-value", ylim=(1e-12, 2))
    save(axes, "split")


def new_axes() -> Axes:
    axes = plt.figure().add_subplot()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return axes


def save(axes: Axes, name: str) -> None:
    axes.legend(frameon=False, fontsize=9)
    FIGURES.mkdir(exist_ok=True)
    plt.savefig(FIGURES / f"{name}.svg", bbox_inches="tight", metadata={"Date": None})


if __name__ == "__main__":
    for draw in (peeking, one_test, power, split):
        draw()
