"""`make test-partition`: a worker host that is cut off costs its trial only.

Not in `make test`: it needs root, and waits for leases of the usual length.
"""

from pathlib import Path

import pytest
from conftest import missing
from hosts import CUTS, NoHostsError
from partition import CUT_SECONDS, N_TRIALS, run
from services import ServiceMissingError


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("cut", CUTS)
def test_a_worker_host_that_is_cut_off_costs_its_trial_only(
    cut: str, tmp_path: Path
) -> None:
    try:
        report = run(tmp_path, cut)
    except (NoHostsError, ServiceMissingError) as error:
        missing(f"SKIPPED: there are no two worker hosts here. {error}")
    print(report)
    assert report.status == "COMPLETED"
    assert report.states == ["COMPLETED"] * N_TRIALS
    assert report.best == report.best_of_rows
    assert report.ended_by == "worker-1"
    assert (report.lost.status, report.lost.worker) == ("FAILURE", "worker-2")
    assert report.said
    assert report.gave_up_after < CUT_SECONDS
