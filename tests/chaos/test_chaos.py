"""The short form of `make test-chaos`: a search under fire, in both modes."""

from pathlib import Path

import pytest
from chaos import MODES, run
from conftest import missing
from dataset import generated
from services import ServiceMissingError


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", MODES)
def test_whatever_is_killed_nothing_is_lost_or_doubled(
    mode: str, tmp_path: Path
) -> None:
    data = generated(tmp_path, n_users=2000, n_items=800)
    try:
        report = run(mode, tmp_path, data, seed=1, n_kills=6, n_trials=12)
    except ServiceMissingError as error:
        missing(f"SKIPPED: the deployed mode needs its servers. {error}")
    assert report.complaints == []
