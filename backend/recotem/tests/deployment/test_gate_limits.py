"""What a project asks of a candidate, each limit by what it changes."""

import pytest

from recotem.core.models import AuditEntry
from recotem_engine.comparison import Standing
from recotem_engine.gate import Limits
from tests.deployment.conftest import found

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("postgresql"),
]


@pytest.fixture
def gate(call_as, project):
    """Ask for the limits, or set some."""

    def ask(who="editor", **limits):
        method = "patch" if limits else "get"
        path = f"project/{project.pk}/deployment_gate/"
        return call_as(who, method, path, limits or None)

    return ask


WORSE = {"relative_difference": -0.01, "relative_interval": (-0.02, 0.01)}
UNSURE = {"relative_difference": 0.01, "relative_interval": (-0.2, 0.2)}
SLOW = Standing("A", {}, 0.5, latency_ms=9.0, n_bytes=200_000_000)


@pytest.mark.parametrize(
    ("name", "values", "comparison", "check"),
    [
        ("largest_loss", (0.03, 0.015), WORSE, "target_metric"),
        ("smallest_n_users", (1000, 1001), {}, "n_users"),
        ("when_unsure", ("pass", "refuse"), UNSURE, "target_metric"),
        ("lowest_coverage_ratio", (0.5, 0.8), {"coverage_ratio": 0.7}, "coverage"),
        ("largest_changed_share", (0.4, 0.39), {}, "changed_lists"),
        ("largest_latency_ratio", (3, 2), {"latency_ratio": 3.0}, "latency"),
        (
            "harmless_latency_ms",
            (10, 8),
            {"latency_ratio": 6.0, "candidate": SLOW},
            "latency",
        ),
        ("largest_size_ratio", (12, 11), {"size_ratio": 12.0}, "size"),
        (
            "harmless_n_bytes",
            (200_000_000, 199_000_000),
            {"size_ratio": 12.0, "candidate": SLOW},
            "size",
        ),
    ],
)
def test_each_limit_decides(name, values, comparison, check, gate, reviewed):
    """A candidate passes with the first value, and is refused with the second."""
    for value, expected in zip(values, (True, False), strict=True):
        assert gate(**{name: value}).status_code == 200
        review = reviewed(found(**comparison))
        refused = [found["name"] for found in review["checks"] if not found["passed"]]
        assert (review["passed"], refused) == (expected, [] if expected else [check])
        assert review["limits"][name] == value


def test_each_limit_is_tried_above():
    [cases] = [m for m in test_each_limit_decides.pytestmark if m.name == "parametrize"]
    assert {case[0] for case in cases.args[1]} == set(Limits().to_json())


def test_limits_have_defaults_until_somebody_sets_them(gate, call_as, people):
    assert gate("viewer").json() == Limits().to_json()
    answer = gate(largest_loss=0.1, when_unsure="pass")
    changed = Limits().to_json() | {"largest_loss": 0.1, "when_unsure": "pass"}
    assert answer.json() == gate("viewer").json() == changed
    gate(largest_loss=0.2)
    assert gate("viewer").json() == changed | {"largest_loss": 0.2}
    other = f"project/{people.other_project.pk}/deployment_gate/"
    assert call_as("owner", "get", other).json() == Limits().to_json()
    note = AuditEntry.objects.filter(kind="deployment_gate").latest("id")
    assert (note.before, note.after) == ({"largest_loss": 0.1}, {"largest_loss": 0.2})


@pytest.mark.parametrize(
    "values",
    [
        {"largest_loss": -0.1},
        {"largest_loss": 1.1},
        {"largest_loss": "NaN"},
        {"smallest_n_users": 0},
        {"when_unsure": "perhaps"},
        {"lowest_coverage_ratio": "much"},
        {"largest_changed_share": None},
        {"largest_latency_ratio": 0},
        {"harmless_latency_ms": -1},
        {"harmless_latency_ms": "inf"},
        {"largest_size_ratio": -1},
        {"harmless_n_bytes": 1.5},
    ],
)
def test_a_limit_that_means_nothing_is_refused(values, gate):
    answer = gate(**values)
    assert answer.status_code == 400, answer.data
    assert {*values, "non_field_errors"} & answer.data.keys()
    assert gate().json() == Limits().to_json()
