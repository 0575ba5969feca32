"""The statistics against simulated visitors whose true rates are known.

Sizes and seeds stand in each test; what they print goes to docs/guides/ab-testing.md.
"""

import numpy as np
import pytest

from recotem.experiments.analysis import sample_ratio
from recotem.experiments.analysis.planning import users_needed
from recotem.experiments.analysis.rates import Arm, compare, compare_at_any_time
from recotem.experiments.analysis.ratios import Sums, ratio_of
from recotem.experiments.analysis.sequences import Sequence, progress_of, ratio_bounds
from recotem_shop.crowds import Crowd

LEVEL = 0.95
RUNS = 2000


def looked_at(seen: np.ndarray, planned: int):
    """What is read at a look: int[2, 2] of users and converted users by arm."""
    (c_users, v_users), (c_converted, v_converted) = seen.tolist()
    control, variant = Arm(c_users, c_converted), Arm(v_users, v_converted)
    sequence = Sequence(progress_of(c_users, v_users, planned), LEVEL)
    at_any_time = compare_at_any_time(control, variant, sequence)
    once = compare(control, variant, confidence_level=LEVEL, min_sample_size=planned)
    return at_any_time, once


@pytest.mark.parametrize("again", [0.0, 0.2])
def test_without_a_difference_hardly_any_test_ever_finds_one(again):
    """2,000 runs, 21 days of 50 new users, rate 0.1, seed 1, a look after every day."""
    days, daily, planned = 21, 50, 525
    chance = np.random.default_rng(1)
    alarms = peeked = 0
    for run in range(RUNS):
        crowd = Crowd(f"A/A {run}", days, daily)
        looks = [
            looked_at(seen, planned)
            for seen in crowd.converted((0.1, 0.1), again, chance)
        ]
        alarms += any(at_any_time.significant for at_any_time, _ in looks)
        peeked += any(once.significant for _, once in looks)
    assert alarms <= (1 - LEVEL) * RUNS
    # what happens to those who peek at a test that is to be read once
    assert peeked > 3 * (1 - LEVEL) * RUNS


def test_a_lift_of_five_percent_is_found_as_often_as_planned():
    """2,000 runs (20 splits of users, 100 futures each), rate 0.3, seed 2, a power of
    80 % planned with a look after each of 14 days."""
    rate, lift, days = 0.3, 5.0, 14
    planned = users_needed(rate, lift, level=LEVEL, power=0.8, looks=days)
    chance = np.random.default_rng(2)
    rates = (rate, rate * (1 + lift / 100))
    true_lift, true_difference = lift, rates[1] - rates[0]
    found = wrong = lifts = at_once = 0
    for split in range(20):
        crowd = Crowd(f"A/B {split}", days, -(-2 * planned // days))
        for _ in range(RUNS // 20):
            looks = [
                looked_at(seen, planned) for seen in crowd.converted(rates, 0.0, chance)
            ]
            found += any(look.difference[0] > 0 for look, _ in looks)
            wrong += any(
                not look.difference[0] <= true_difference <= look.difference[1]
                for look, _ in looks
            )
            low, high = looks[-1][0].lift
            lifts += not low <= true_lift <= high
            low, high = looks[-1][1].confidence_interval
            at_once += not low <= true_difference <= high
    assert found / RUNS == pytest.approx(0.8, abs=0.03)
    # together, and at the end alone
    assert wrong <= (1 - LEVEL) * RUNS
    assert lifts <= (1 - LEVEL) * RUNS
    assert at_once / RUNS == pytest.approx(1 - LEVEL, abs=0.015)


def test_users_who_return_move_the_truth_and_the_intervals_follow():
    """1,000 runs, 14 days of 400 new users, of whom 20 % come on each later day, rates
    0.10 and 0.12 a visit, seed 3."""
    runs, days, again, rates = 1000, 14, 0.2, (0.10, 0.12)
    crowds = [Crowd(f"again {split}", days, 400) for split in range(20)]
    truth = np.diff([crowds[0].truth(rate, again) for rate in rates])[0]
    chance = np.random.default_rng(3)
    missed = 0
    for run in range(runs):
        *_, last = crowds[run % 20].converted(rates, again, chance)
        low, high = looked_at(last, 2800)[0].difference
        missed += not low <= truth <= high
    assert missed <= (1 - LEVEL) * runs


def test_a_split_of_48_to_52_is_found_and_a_right_one_is_not():
    """200 splits of 50,000 users of whom 52 % meet the variant where half should, and
    2,000 right ones, with a look after each of 25 days; seed 4 for the latter."""
    broken = 0
    for split in range(20):
        crowd = Crowd(f"broken {split}", 1, 50_000, share=0.52)
        control, variant = crowd.arrivals[0].tolist()
        broken += sample_ratio.p_value(control, variant, 0.5) < sample_ratio.ALARM
    assert broken == 20
    chance = np.random.default_rng(4)
    for share in (0.5, 0.2):
        variant = chance.binomial(2000, share, (RUNS, 25)).cumsum(1)
        users = 2000 * np.arange(1, 26)
        alarms = sum(
            any(
                sample_ratio.p_value(int(n - v), int(v), share) < sample_ratio.ALARM
                for n, v in zip(users, row, strict=True)
            )
            for row in variant
        )
        assert alarms <= 3 * sample_ratio.ALARM * RUNS


def test_a_ratio_of_events_is_as_sure_as_its_users_make_it():
    """1,000 runs, 2 x 2,000 users with 1 to 40 impressions and clicking habits of their
    own, a true lift of 10 %, seed 5. Whoever counts impressions as if each were
    somebody else is wrong several times as often."""
    runs, users, lift = 1000, 2000, 1.1
    chance = np.random.default_rng(5)
    missed = naive = 0
    for _ in range(runs):
        one, other = (sums_of(users, factor, chance) for factor in (1.0, lift))
        low, high = ratio_bounds(ratio_of(one), ratio_of(other), 1.96)
        missed += not low <= lift <= high
        counted = [(s.y / s.x, s.y / s.x * (1 - s.y / s.x) / s.x) for s in (one, other)]
        low, high = ratio_bounds(*counted, 1.96)
        naive += not low <= lift <= high
    assert missed / runs == pytest.approx(0.05, abs=0.02)
    assert naive / runs > 0.1


def sums_of(users: int, factor: float, chance: np.random.Generator) -> Sums:
    """Users who see much or little and like to click or not, by habit."""
    x = chance.geometric(0.1, users).clip(max=40)
    y = chance.binomial(x, (chance.beta(1, 9, users) * factor).clip(max=1))
    return Sums(users, x.sum(), y.sum(), x @ x, x @ y, y @ y)
