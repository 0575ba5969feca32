"""Cancels and failures at any moment leave no file that no row names, in short."""

from pathlib import Path

import pytest
from conftest import embedded
from dataset import generated
from orphans import media_of, run


@pytest.mark.timeout(900)
def test_after_cancels_and_failures_every_file_belongs_to_a_row(tmp_path: Path) -> None:
    with embedded(tmp_path) as recotem:
        media = media_of(tmp_path, "embedded")
        run(recotem, media, generated(tmp_path), rounds=8, seed=3)
