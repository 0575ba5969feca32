from hypothesis import given
from hypothesis import strategies as st

from recotem_contracts.assignment import assign

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
