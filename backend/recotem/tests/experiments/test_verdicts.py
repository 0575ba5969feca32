"""What a test says in a sentence."""

from dataclasses import replace

import pytest

from recotem.experiments.analysis.rates import Arm, compare_at_any_time
from recotem.experiments.analysis.sequences import Sequence, progress_of
from recotem.experiments.analysis.verdicts import Evidence, State, verdict_on


def evidence(control: Arm, variant: Arm, planned: int = 1000) -> Evidence:
    sequence = Sequence(progress_of(control.users, variant.users, planned) or 1.0, 0.95)
    return Evidence(
        control_name="A",
        variant_name="B",
        control=control,
        variant=variant,
        found=compare_at_any_time(control, variant, sequence),
        is_started=True,
        is_running=True,
        is_split_broken=False,
        planned_share=0.5,
        min_sample_size=planned,
        daily=100.0,
    )


LIKE, LESS, MORE = Arm(1000, 100), Arm(2000, 100), Arm(2000, 300)
FEW = Arm(250, 25)


@pytest.mark.parametrize(
    ("arms", "state", "sentence"),
    [
        (
            (Arm(0, 0), FEW),
            State.WAITING,
            "Nobody has been shown anything by A yet.",
        ),
        ((FEW, FEW), State.COLLECTING, "Not enough yet: about 8 days."),
        (
            (LESS, MORE),
            State.BETTER,
            "B is better than A by 118 to 341 %. You may stop.",
        ),
        (
            (MORE, LESS),
            State.WORSE,
            "B is worse than A by 54 to 77 %. You may stop.",
        ),
        (
            (LIKE, LIKE),
            State.NO_DIFFERENCE,
            (
                "No difference found: B lies between 35 % below and 53 % above A. "
                "You may stop, or go on if less would matter to you."
            ),
        ),
    ],
)
def test_a_running_test_says_what_is_known_and_what_to_do(arms, state, sentence):
    found = verdict_on(evidence(*arms))
    assert (found.state, found.sentence) == (state, sentence)


def test_days_are_those_that_the_smaller_arm_needs():
    assert verdict_on(evidence(FEW, Arm(990, 99))).days_left == 8
    assert verdict_on(evidence(Arm(950, 95), Arm(990, 99))).sentence == (
        "Not enough yet: about 1 day."
    )
    slow = replace(evidence(FEW, FEW), daily=0.0)
    assert verdict_on(slow) == verdict_on(slow)
    assert verdict_on(slow).days_left is None


def test_a_broken_split_is_said_before_anything_else():
    broken = replace(evidence(LESS, MORE), is_split_broken=True, planned_share=0.4)
    found = verdict_on(broken)
    assert found.state == State.BROKEN
    assert "split 50.0/50.0 where 60.0/40.0 was planned" in found.sentence


def test_a_test_that_has_ended_gives_no_advice():
    for arms in ((LESS, MORE), (MORE, LESS), (LIKE, LIKE), (FEW, FEW)):
        ended = verdict_on(replace(evidence(*arms), is_running=False))
        assert "may stop" not in ended.sentence
        assert ended.days_left is None
    assert verdict_on(replace(evidence(FEW, FEW), is_started=False)).state == (
        State.DRAFT
    )


def test_a_rate_of_zero_is_compared_in_points():
    found = verdict_on(evidence(Arm(1000, 0), Arm(1000, 60)))
    assert found.sentence == (
        "B is better than A by 3.7 to 8.3 percentage points. You may stop."
    )
