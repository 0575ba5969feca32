"""The shop by what it lets one see: who takes what, who clicks, and how often."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recotem_shop import GeneratedShop, Shop, generate, learned_shop, picture

OPENED = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
SEEDS = st.integers(0, 2**32 - 1)
DAYS = st.floats(0, 1000)


def small(seed: int = 3) -> GeneratedShop:
    return generate(seed=seed, opened=OPENED, n_users=60, n_items=40)


SHOP = small()
ON_SALE = [item.id for item in SHOP.items if item.released < 0]
LISTS = st.lists(st.sampled_from(ON_SALE), min_size=1, max_size=20, unique=True)
USERS = st.sampled_from(SHOP.user_ids)


def rng(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_seed_is_a_shop(seed: int) -> None:
    one, same, other = small(seed), small(seed), small(seed + 1)
    assert one.items == same.items
    assert one.history(rng(), 0, 20) == same.history(rng(), 0, 20)
    assert one.items != other.items


@given(USERS, LISTS, DAYS)
def test_probabilities_are_probabilities(
    user: str, items: list[str], day: float
) -> None:
    for chances in (
        SHOP.click_probabilities(user, items, day),
        SHOP.purchase_probabilities(user, items, day),
    ):
        assert chances.shape == (len(items),)
        assert ((chances > 0) & (chances < 1)).all()


@given(USERS, LISTS, DAYS)
def test_an_item_is_clicked_less_the_lower_it_stands(
    user: str, items: list[str], day: float
) -> None:
    first = items[0]
    ranks = [[*items[1:][:rank], first] for rank in range(len(items))]
    chances = [SHOP.click_probabilities(user, shown, day)[-1] for shown in ranks]
    assert chances == sorted(chances, reverse=True)
    by_rank = [chance * np.log2(i + 2) for i, chance in enumerate(chances)]
    assert by_rank == pytest.approx([chances[0]] * len(items))


@given(USERS, LISTS, DAYS)
def test_more_items_more_chances(user: str, items: list[str], day: float) -> None:
    fewer = SHOP.chance_of_click(user, items[:-1], day)
    assert fewer <= SHOP.chance_of_click(user, items, day) <= 1


def test_what_happens_is_what_was_expected() -> None:
    """40,000 lists of 8: the means are within 4 standard errors of the formulas."""
    user, items, day, n, chance = SHOP.user_ids[7], ON_SALE[:8], 30.0, 40_000, rng()
    responses = [SHOP.respond(chance, user, items, day) for _ in range(n)]
    shown = n * len(items)
    for seen, expected, trials in (
        (
            sum(len(r.clicked) for r in responses),
            SHOP.expected_click_rate(user, items, day),
            shown,
        ),
        (
            sum(len(r.bought) for r in responses),
            SHOP.expected_purchase_rate(user, items, day),
            shown,
        ),
        (
            sum(bool(r.clicked) for r in responses),
            SHOP.chance_of_click(user, items, day),
            n,
        ),
    ):
        error = np.sqrt(expected / trials)
        assert seen > 0
        assert abs(seen / trials - expected) < 4 * error


def test_only_what_was_clicked_is_bought() -> None:
    chance = rng()
    for _ in range(3000):
        clicked, bought = SHOP.respond(chance, SHOP.user_ids[0], ON_SALE[:10], 3.0)
        assert set(bought) <= set(clicked)


def test_nobody_sees_what_is_not_released() -> None:
    late = max(SHOP.items, key=lambda item: item.released)
    user = SHOP.user_ids[0]
    for day, sold in ((late.released - 0.1, False), (late.released + 0.1, True)):
        [chance] = SHOP.click_probabilities(user, [late.id], day)
        assert bool(chance > 0) == sold
    log = SHOP.history(rng(), 0, 60)
    released = {item.id: item.released for item in SHOP.items}
    assert all(day >= released[i] for i, day in zip(log.items, log.days, strict=True))


def likeness(shop: Shop, first: float, second: float) -> float:
    """Mean cosine between the tastes of two days."""
    users = np.arange(len(shop.user_ids))
    one, two = (
        shop.tastes.of(users, np.full(len(users), day)) for day in (first, second)
    )
    cosines = (one * two).sum(axis=1) / np.sqrt(
        (one**2).sum(axis=1) * (two**2).sum(axis=1)
    )
    return float(cosines.mean())


def test_tastes_drift_apart_with_time_and_stay_as_strong() -> None:
    shop = generate(seed=1, opened=OPENED)
    week, quarter, year = (likeness(shop, 0, days) for days in (7, 91, 364))
    assert 0.97 < week < 0.995
    assert week > quarter > year
    assert year == pytest.approx(0.985**52, abs=0.1)
    users = np.arange(len(shop.user_ids))
    early, late = (
        shop.tastes.of(users, np.full(len(users), day)).std() for day in (0.0, 700.0)
    )
    assert late == pytest.approx(early, rel=0.1)


def test_a_time_asked_for_first_changes_nothing() -> None:
    forward, backward = small(), small()
    user = forward.user_ids[0]
    days = [3.0, 80.0, 400.0]
    there = [forward.expected_click_rate(user, ON_SALE[:5], day) for day in days]
    back = [backward.expected_click_rate(user, ON_SALE[:5], day) for day in days[::-1]]
    assert there == back[::-1]


def test_visits_follow_the_rhythm_of_the_week() -> None:
    shop = generate(seed=2, opened=OPENED + timedelta(hours=7))
    users, days = shop.visits(rng(), 0, 28)
    assert len(users) == pytest.approx(28 * shop.activity.sum(), rel=0.05)
    assert (np.diff(days) >= 0).all()
    moments = [shop.moment(day) for day in days]
    evening = sum(moment.hour in (19, 20, 21) for moment in moments)
    night = sum(moment.hour in (2, 3, 4) for moment in moments)
    assert evening > 6 * night
    sundays = sum(moment.weekday() == 6 for moment in moments)
    assert sundays > 1.3 * sum(moment.weekday() == 0 for moment in moments)
    assert shop.day_of(moments[0]) == pytest.approx(days[0], abs=1e-9)


def test_history_is_skewed_to_what_is_popular_and_liked() -> None:
    shop = generate(seed=1, opened=OPENED)
    log = shop.history(rng(), 0, 60)
    assert log.days == sorted(log.days)
    assert {"click", "purchase"} == set(log.kinds)
    number = {item: i for i, item in enumerate(shop.item_ids)}
    taken = np.bincount([number[i] for i in log.items], minlength=len(number))
    top = np.sort(taken)[::-1]
    assert top[:30].sum() > 0.3 * top.sum()
    users = {user: i for i, user in enumerate(shop.user_ids)}
    tastes = shop.tastes.of(np.array([users[u] for u in log.users]), np.array(log.days))
    affinity = (tastes * shop.factors[[number[i] for i in log.items]]).sum(axis=1)
    assert affinity.mean() > 0.5


def test_visitors_come_by_their_activity() -> None:
    chance, shop = rng(), small()
    busiest = shop.user_ids[int(shop.activity.argmax())]
    share = shop.activity.max() / shop.activity.sum()
    came = [shop.visitor(chance) for _ in range(5000)]
    assert came.count(busiest) / 5000 == pytest.approx(share, abs=0.03)


def test_whom_the_shop_does_not_know() -> None:
    with pytest.raises(KeyError):
        SHOP.click_probabilities("nobody", ON_SALE[:2], 1)
    with pytest.raises(KeyError):
        SHOP.click_probabilities(SHOP.user_ids[0], ["nothing"], 1)


def test_a_learned_shop_likes_what_its_people_like() -> None:
    """Two groups that share no item: each clicks what its own group had."""
    chance, users, items = rng(), [], []
    for user in range(60):
        for item in chance.choice(20, 8, replace=False):
            users.append(f"u{user}")
            items.append(f"i{item + 20 * (user % 2)}")
    shop = learned_shop(users, items, seed=1, opened=OPENED)
    assert set(shop.item_ids) == set(items)
    own, other = [f"i{i}" for i in range(20)], [f"i{i}" for i in range(20, 40)]
    for user in ("u0", "u2", "u4"):
        liked, not_liked = (
            shop.click_probabilities(user, some, 0).sum() for some in (own, other)
        )
        assert liked > not_liked


@given(st.text(max_size=30), st.text(max_size=60), st.text(max_size=20))
def test_a_picture_is_a_small_svg_of_its_own(
    item_id: str, title: str, category: str
) -> None:
    drawn = picture(item_id, title, category)
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(drawn.encode()) < 1200
    assert drawn == picture(item_id, title, category)


def test_every_article_has_another_picture() -> None:
    drawn = {picture(item.id, item.title, item.category) for item in SHOP.items}
    assert len(drawn) == len(SHOP.items)
