from hypothesis import given
from hypothesis import strategies as st

from recotem_contracts.assignment import assign, is_sampled

USERS = [f"user-{n}" for n in range(4000)]
CHI_SQUARE_3_DEGREES_P_1E_4 = 21.1

slot_weights = st.dictionaries(
    st.integers(1, 50), st.integers(0, 100), min_size=1, max_size=6
)


@given(weights=st.dictionaries(st.integers(1, 9), st.just(0)), user=st.text())
def test_no_slot_when_no_weight_is_positive(weights, user):
    assert assign("salt", user, weights.items()) is None


@given(weights=slot_weights, user=st.text())
def test_a_slot_without_weight_is_never_chosen(weights, user):
    chosen = assign("salt", user, weights.items())
    assert chosen is None or weights[chosen] > 0
    assert (chosen is None) == (not any(weights.values()))


@given(weights=slot_weights, user=st.text(), salt=st.text())
def test_the_same_user_meets_the_same_slot_in_whatever_order_slots_come(
    weights, user, salt
):
    slots = list(weights.items())
    assert assign(salt, user, slots) == assign(salt, user, reversed(slots))


def test_users_spread_in_proportion_to_the_weights():
    weights = {1: 50, 2: 30, 3: 15, 4: 5}
    counts = dict.fromkeys(weights, 0)
    for user in USERS:
        counts[assign("a salt", user, weights.items())] += 1
    expected = {slot: len(USERS) * w / 100 for slot, w in weights.items()}
    chi_square = sum((counts[s] - e) ** 2 / e for s, e in expected.items())
    assert chi_square < CHI_SQUARE_3_DEGREES_P_1E_4


@given(weights=slot_weights, data=st.data())
def test_a_raised_weight_only_moves_users_to_its_slot(weights, data):
    slot = data.draw(st.sampled_from(sorted(weights)))
    raised = weights | {slot: weights[slot] + data.draw(st.integers(1, 100))}
    for user in USERS[:60]:
        before = assign("s", user, weights.items())
        after = assign("s", user, raised.items())
        assert after in {before, slot}


def test_another_salt_shuffles_the_users():
    slots = [(1, 50), (2, 50)]
    moved = sum(assign("a", u, slots) != assign("b", u, slots) for u in USERS)
    assert 0.4 < moved / len(USERS) < 0.6


def test_the_sample_is_as_large_as_its_share_and_part_of_a_larger_one():
    small, large = (
        {user for user in USERS if is_sampled("a salt", user, share)}
        for share in (0.1, 0.4)
    )
    assert small < large
    # Five standard deviations of a binomial count.
    assert abs(len(small) - 400) < 95
    assert abs(len(large) - 1600) < 155


@given(user=st.text(), salt=st.text())
def test_nobody_or_everybody_is_sampled(user, salt):
    assert not is_sampled(salt, user, 0)
    assert is_sampled(salt, user, 1)


def test_who_is_sampled_has_nothing_to_do_with_his_slot():
    sampled = [user for user in USERS if is_sampled("a salt", user, 0.5)]
    first = sum(assign("a salt", user, [(1, 1), (2, 1)]) == 1 for user in sampled)
    assert abs(first / len(sampled) - 0.5) < 0.06
