"""What the gate lets through, what it refuses, and that it says why."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recotem_engine.comparison import Comparison, Standing
from recotem_engine.errors import ConfigError
from recotem_engine.gate import Limits, Verdict, judge

LIMITS = Limits()
_RATIO = st.floats(0.01, 100)


def standing(ndcg: float = 0.2, **values: Any) -> Standing:
    known = {"coverage": 0.3, "latency_ms": 0.5, "n_bytes": 5_000_000} | values
    return Standing("IALS", {"ndcg": ndcg}, **known)


def comparison(relative: float = 0.05, half: float = 0.02, **values: Any) -> Comparison:
    """A candidate that is better by `relative` ± `half`, else like the champion."""
    known: dict[str, Any] = {
        "target_metric": "ndcg",
        "cutoff": 20,
        "holdout": {"scheme": "TU"},
        "n_users": 1000,
        "n_unknown_users": 0,
        "candidate": standing(0.2 * (1 + relative)),
        "champion": standing(),
        "difference": 0.2 * relative,
        "interval": (0.2 * (relative - half), 0.2 * (relative + half)),
        "relative_difference": relative,
        "relative_interval": (relative - half, relative + half),
        "changed_share": 0.2,
        "coverage_ratio": 1.0,
        "latency_ratio": 1.0,
        "size_ratio": 1.0,
    }
    return Comparison(**known | values)


def nobody() -> Comparison:
    return Comparison("ndcg", 20, {}, 0, 0, Standing("IALS"), Standing("TopPop"))


def refusals(found: Comparison, limits: Limits = LIMITS) -> list[str]:
    verdict = judge(found, limits)
    assert verdict.passed == (not verdict.refusals)
    return verdict.refusals


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    found = comparison(
        draw(st.floats(-0.5, 0.5)),
        draw(st.floats(0, 0.3)),
        n_users=draw(st.integers(1, 5000)),
        changed_share=draw(st.floats(0, 1)),
        coverage_ratio=draw(_RATIO),
        latency_ratio=draw(_RATIO),
        size_ratio=draw(_RATIO),
    )
    slow, large = draw(st.floats(0.01, 50)), draw(st.integers(1, 10**10))
    candidate = standing(0.2, latency_ms=slow, n_bytes=large)
    return replace(found, candidate=candidate)


@pytest.mark.parametrize(
    "values",
    [
        {"largest_loss": -0.01},
        {"largest_loss": float("nan")},
        {"largest_changed_share": 1.5},
        {"lowest_coverage_ratio": 2},
        {"largest_latency_ratio": 0},
        {"largest_size_ratio": float("inf")},
        {"harmless_latency_ms": -1},
        {"smallest_n_users": 0},
        {"when_unsure": "hope"},
    ],
)
def test_limits_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(values))) as caught:
        Limits(**values)
    assert caught.value.code == "bad_parameter"


def test_a_candidate_that_loses_too_much_is_refused_with_the_numbers() -> None:
    (sentence,) = refusals(comparison(-0.06, 0.02))
    assert sentence == (
        "The candidate's ndcg@20 is 6.0 % worse than the champion's (95 % interval "
        "-8.0 % to -4.0 %, 1,000 users); no more than 3.0 % may be lost."
    )


def test_a_difference_that_users_are_too_few_to_tell_is_refused_and_says_how_many() -> (
    None
):
    (sentence,) = refusals(comparison(0.01, 0.08))
    assert "1.0 % better" in sentence
    assert "-7.0 % to +9.0 %" in sentence
    assert "Not enough users to tell" in sentence
    assert "about 4,000 users are needed" in sentence


def test_so_many_users_as_the_refusal_names_are_enough_if_the_difference_stays() -> (
    None
):
    assert not refusals(comparison(0.01, 0.08 / 4000**0.5 * 1000**0.5))


def test_limits_may_say_that_what_cannot_be_told_passes() -> None:
    lenient = Limits(when_unsure="pass")
    verdict = judge(comparison(0.01, 0.08), lenient)
    assert verdict.passed
    assert "It passes, as the limits say" in verdict.checks[1].sentence
    assert refusals(comparison(-0.03, 0.08), lenient)


def test_too_few_users_are_refused_whatever_they_say() -> None:
    found = comparison(0.5, 0.01, n_users=12)
    (sentence,) = refusals(found, Limits(when_unsure="pass"))
    assert sentence == (
        "Not enough users to tell: 12 could be asked, and at least 200 are needed."
    )


def test_nobody_to_ask_is_a_refusal_and_no_crash() -> None:
    verdict = judge(nobody(), Limits(when_unsure="pass"))
    assert not verdict.passed
    assert [check.name for check in verdict.checks] == ["n_users"]
    assert "0 could be asked" in verdict.refusals[0]


def test_a_champion_without_hits_cannot_be_compared_in_percent() -> None:
    found = comparison(
        champion=standing(0.0), relative_difference=None, relative_interval=None
    )
    (sentence,) = refusals(found)
    assert "finds too little to compare in percent" in sentence
    assert "0.21 of the candidate" in sentence
    assert not refusals(found, Limits(when_unsure="pass"))


@pytest.mark.parametrize(
    ("values", "name", "numbers"),
    [
        (
            {"coverage_ratio": 0.1, "candidate": standing(0.21, coverage=0.03)},
            "coverage",
            ["3.0 % of all items", "30.0 %", "0.5 times"],
        ),
        ({"changed_share": 0.97}, "changed_lists", ["97.0 % of the users", "95.0 %"]),
        (
            {"latency_ratio": 40.0, "candidate": standing(0.21, latency_ms=20.0)},
            "latency",
            ["20 ms", "0.5 ms", "5 times", "2 ms"],
        ),
        (
            {"size_ratio": 100.0, "candidate": standing(0.21, n_bytes=500_000_000)},
            "size",
            ["500.0 MB", "5.0 MB", "10 times", "100.0 MB"],
        ),
    ],
)
def test_each_limit_refuses_what_is_beyond_it_and_says_the_numbers(
    values: dict[str, Any], name: str, numbers: list[str]
) -> None:
    verdict = judge(comparison(**values), LIMITS)
    (refused,) = [check for check in verdict.checks if not check.passed]
    assert refused.name == name
    assert "beyond the limit" in refused.sentence
    assert all(number in refused.sentence for number in numbers)


def test_what_takes_no_time_and_no_room_is_harmless_however_large_the_ratio() -> None:
    candidate = standing(0.21, latency_ms=1.9, n_bytes=99_000_000)
    found = comparison(candidate=candidate, latency_ratio=90.0, size_ratio=90.0)
    assert not refusals(found)


def test_an_equal_candidate_passes_even_where_no_loss_is_tolerated() -> None:
    assert not refusals(comparison(0.0, 0.0), Limits(largest_loss=0))


@given(comparisons())
def test_a_verdict_is_that_of_all_checks_and_each_check_explains_itself(
    found: Comparison,
) -> None:
    verdict = judge(found, LIMITS)
    assert verdict.passed == all(check.passed for check in verdict.checks)
    assert len({check.name for check in verdict.checks}) == 6
    for check in verdict.checks:
        assert check.sentence.endswith(".")
        assert any(character.isdigit() for character in check.sentence)


@given(comparisons(), st.floats(0, 0.5), st.floats(1, 3))
def test_a_candidate_that_is_better_in_every_way_is_never_refused_for_it(
    found: Comparison, gain: float, times: float
) -> None:
    assert found.relative_difference is not None
    assert found.relative_interval is not None
    better = replace(
        found,
        n_users=int(found.n_users * times),
        relative_difference=found.relative_difference + gain,
        relative_interval=tuple(end + gain for end in found.relative_interval),
        changed_share=(found.changed_share or 0) / times,
        coverage_ratio=(found.coverage_ratio or 0) * times,
        latency_ratio=(found.latency_ratio or 0) / times,
        size_ratio=(found.size_ratio or 0) / times,
    )
    assert judge(better, LIMITS).passed >= judge(found, LIMITS).passed


@given(comparisons())
def test_comparisons_and_verdicts_travel_as_json(found: Comparison) -> None:
    sent = json.loads(json.dumps(found.to_json()))
    assert Comparison.from_json(sent) == found
    verdict = judge(found, LIMITS)
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


def test_limits_and_an_empty_comparison_travel_as_json() -> None:
    limits = Limits(largest_loss=0.1, when_unsure="pass")
    assert Limits.from_json(json.loads(json.dumps(limits.to_json()))) == limits
    assert Limits.from_json({"largest_loss": 0.1}) == Limits(largest_loss=0.1)
    assert Comparison.from_json(json.loads(json.dumps(nobody().to_json()))) == nobody()
